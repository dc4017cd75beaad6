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

    /// Opens the store. Blocks until that is done.
    ///
    /// - Parameter creating: whether to make it, with its folder, where there is none. What is made is the owner's
    ///   alone, if the process's umask is 077: it holds password hashes.
    /// - Throws: ``Identity/StoreError`` if it cannot be opened.
    public func open(creating: Bool = true) throws(StoreError) -> any ClusterStore {
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
    /// It begins with another scheme than `sqlite:`.
    case unknownScheme(String)
    /// Nothing follows the scheme.
    case missingPath

    /// The cause, as a lower-case sentence part.
    public var description: String {
        switch self {
        case .unknownScheme(let scheme): "its kind '\(scheme):' is not known; sqlite:PATH is"
        case .missingPath: "it has no path; sqlite:PATH is meant"
        }
    }
}
