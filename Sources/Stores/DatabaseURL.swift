import Foundation
public import Holdings
public import Identity
import PostgresStore
import SQLiteStore

/// Where the cluster's data is, as `--database` names it. This is the one place that knows the kinds of store.
public struct DatabaseURL: Sendable, CustomStringConvertible {
    private enum Kind {
        case sqlite(path: String)
        case postgresql(url: String)
    }

    private let kind: Kind

    /// Reads `sqlite:PATH`, `postgresql://…` or `postgres://…`.
    ///
    /// - Throws: ``DatabaseURLError`` for anything else.
    public init(_ text: String) throws(DatabaseURLError) {
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
            guard Self.isClear(text), PostgresStore.canRead(url: text) else { throw .malformed }
            kind = .postgresql(url: text)
            return
        }
        guard text.hasPrefix("sqlite:") else {
            // What is no word may be anything, such as a list of settings with a password among them.
            throw .unknownScheme(text.prefix { $0.isASCII && $0.isLetter }.description)
        }
        let path = String(text.dropFirst("sqlite:".count))
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .missingPath }
        kind = .sqlite(path: path)
    }

    /// Whether a URL says clearly where the user's name and password end: libpq takes what comes after a character that
    /// nobody has escaped for a host or a port, and would tell it.
    private static func isClear(_ url: String) -> Bool {
        guard let slashes = url.firstRange(of: "://") else { return true }
        let rest = url[slashes.upperBound...]
        guard let at = rest.lastIndex(of: "@") else { return true }
        let before = rest[..<at].prefix { $0 != "?" }
        return before.endIndex < at || !before.contains { "@/#".contains($0) }
    }

    /// The URL as it was given, without a password.
    public var description: String {
        switch kind {
        case .sqlite(let path): "sqlite:\(path)"
        case .postgresql(let url): DatabaseName(url).description
        }
    }

    /// Opens the store. Blocks until that is done.
    ///
    /// - Parameters:
    ///   - creating: whether to make a SQLite file, with its folder, where there is none. What is made is the owner's
    ///     alone, if the process's umask is 077: it holds password hashes.
    ///   - connections: how many connections to PostgreSQL there may be at once.
    /// - Throws: ``Identity/StoreError`` if it cannot be opened.
    public func open(creating: Bool = true, connections: Int = 1) throws(StoreError) -> any ClusterStore {
        switch kind {
        case .sqlite(let path): try Self.openFile(path, creating: creating)
        case .postgresql(let url): try PostgresStore(url: url, connections: connections)
        }
    }

    private static func openFile(_ path: String, creating: Bool) throws(StoreError) -> SQLiteStore {
        guard creating || FileManager.default.fileExists(atPath: path) else {
            throw .unavailable("there is no file \(path)")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unavailable("the folder \(folder.path) cannot be made")
        }
        return try SQLiteStore(path: path)
    }
}

/// Why a database URL cannot be used.
public enum DatabaseURLError: Error, CustomStringConvertible {
    /// It begins with another scheme than those that are known.
    case unknownScheme(String)
    /// Nothing follows `sqlite:`.
    case missingPath
    /// It begins as one of PostgreSQL's, and does not go on as one.
    case malformed

    /// The cause, as a lower-case sentence part.
    public var description: String {
        switch self {
        case .unknownScheme(let scheme):
            "its kind '\(scheme):' is not known; sqlite:PATH is, and postgresql://USER@HOST/NAME"
        case .missingPath: "it has no path; sqlite:PATH is meant"
        case .malformed:
            "it is no URL of PostgreSQL's; postgresql://USER@HOST/NAME is meant, with %40 for an @ in a password, %2F for a /"
        }
    }
}
