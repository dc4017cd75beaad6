import ArgumentParser
import Holdings
import RetirementServer
import SSOServer
import Stores

@main
struct Retirement: ServerCommand {
    static let server = Server.retirement
    @OptionGroup var options: ServerOptions

    static func open(database: String, connections: Int) throws -> any ClusterStore {
        try DatabaseURL(database).open(connections: connections)
    }
}
