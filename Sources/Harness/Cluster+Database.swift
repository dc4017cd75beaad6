import Foundation

/// What keeps a cluster's data.
public enum DatabaseKind: String, CaseIterable, Sendable {
    /// A file in the cluster's folder.
    case sqlite
    /// A database of its own in a PostgreSQL that all clusters of this program share.
    case postgresql

    /// What clusters take that are not told otherwise: `SSO_TEST_DATABASE` says it, which is `sqlite` by default.
    public static let chosen =
        ProcessInfo.processInfo.environment["SSO_TEST_DATABASE"].flatMap(DatabaseKind.init) ?? .sqlite

    /// The kind of a database, by its URL.
    public init(url: String) {
        self = url.hasPrefix("sqlite:") ? .sqlite : .postgresql
    }
}

extension Cluster {
    /// What keeps its data.
    public var databaseKind: DatabaseKind { DatabaseKind(url: database) }

    /// Takes the database away from both servers: its file is moved, or PostgreSQL cuts all off and lets nobody in.
    public func takeDatabaseAway() async throws {
        switch databaseKind {
        case .sqlite: try FileManager.default.moveItem(atPath: databasePath, toPath: "\(databasePath).away")
        case .postgresql: try await PostgreSQL.shared.close(database)
        }
    }

    /// Puts it back as it was.
    public func putDatabaseBack() async throws {
        switch databaseKind {
        case .sqlite: try FileManager.default.moveItem(atPath: "\(databasePath).away", toPath: databasePath)
        case .postgresql: try await PostgreSQL.shared.open(database)
        }
    }

    private var databasePath: String { String(database.dropFirst("sqlite:".utf8.count)) }

    /// The database of a new cluster, and whether it goes with the cluster.
    static func chooseDatabase(_ options: Options, in folder: String) async throws -> (url: String, isOurs: Bool) {
        if let url = options.database { return (url, false) }
        switch options.databaseKind {
        case .sqlite: return ("sqlite:\(folder)/sso.sqlite", false)
        case .postgresql: return (try await PostgreSQL.shared.makeDatabase(), true)
        }
    }
}
