import ArgumentParser
import BankServer
import Holdings
import SSOServer
import Stores

@main
struct Bank: ServerCommand {
    static let server = Server.bank
    @OptionGroup var options: ServerOptions

    static func open(database: String, connections: Int) throws -> any ClusterStore {
        try DatabaseURL(database).open(connections: connections)
    }
}
