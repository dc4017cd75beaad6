import Foundation
public import Holdings
public import Identity
import SQLiteStore

/// Where the cluster's data is, as `--database` names it. This is the one place that knows the kinds of store.
public struct DatabaseURL: Sendable, CustomStringConvertible {
    private let path: String

    /// Reads `sqlite:PATH`.
    ///
    /// - Throws: ``DatabaseURLError`` for anything else.
    public init(_ text: String) throws(DatabaseURLError) {
        guard text.hasPrefix("sqlite:") else { throw .unknownScheme(text.prefix { $0 != ":" }.description) }
        path = String(text.dropFirst("sqlite:".count))
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .missingPath }
    }

    /// The URL as it was given.
    public var description: String { "sqlite:\(path)" }

    /// Opens the store, and makes it, with its folder, where there is none. Blocks until that is done. Folder and file
    /// are the owner's alone: they hold password hashes.
    ///
    /// - Throws: ``Identity/StoreError`` if it cannot be opened.
    public func open() throws(StoreError) -> any ClusterStore {
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
    /// It begins with another scheme than `sqlite:`.
    case unknownScheme(String)
    /// Nothing follows the scheme.
    case missingPath

    /// The cause, as a lower-case sentence part.
    public var description: String {
        switch self {
        case .unknownScheme(let scheme): "the database '\(scheme):…' is of a kind that is not known"
        case .missingPath: "the database has no path"
        }
    }
}
