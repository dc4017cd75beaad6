import Foundation
import Testing

/// The servers' executables behind scripts that prepare something first, and then become the server: it keeps the
/// script's process id.
enum Executables {
    /// Makes a folder for ``Harness/Cluster/Options/executables``, inside of this one.
    ///
    /// - Parameter script: gives the lines of a server's script, from the path of its executable.
    static func wrapped(in folder: String, _ script: (String) -> String) throws -> String {
        let manager = FileManager.default
        let program = try manager.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let real = (program as NSString).deletingLastPathComponent
        let bin = "\(folder)/bin"
        try manager.createDirectory(atPath: bin, withIntermediateDirectories: false)
        for name in ["bank", "retirement"] { try make("\(bin)/\(name)", script("\(real)/\(name)")) }
        try manager.createSymbolicLink(atPath: "\(bin)/sso", withDestinationPath: "\(real)/sso")
        return bin
    }

    /// Makes one script.
    static func make(_ path: String, _ lines: String) throws {
        try #require(
            FileManager.default.createFile(
                atPath: path, contents: Data("#!/bin/sh\n\(lines)\n".utf8), attributes: [.posixPermissions: 0o700]))
    }
}
