// With libcurl's headers in sight, the compiler takes `struct stat` to be of this module.
import CDispatch
import Foundation
import Tokens

/// The file with the shared secret.
struct KeyFile: Sendable {
    let path: String

    private static let maximumSize = 65_536

    /// What changes when somebody writes the file, changes its permissions, or puts another in its place.
    struct Version: Equatable {
        let inode: UInt64
        let changedSeconds: Int
        let changedNanoseconds: Int
    }

    /// Reads the keys.
    ///
    /// - Throws: ``StartupError`` if the file is missing, others can read or write it, or its keys cannot be used.
    func read() throws(StartupError) -> (keys: KeyRing, version: Version) {
        // Permissions and content of one open file: between two look-ups of its name it could change. It does not
        // block: a pipe by that name would otherwise be waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw .configuration(
                "the key file \(path) cannot be read: \(String(cString: strerror(errno)).lowercased())",
                hint: "make one with 'sso keys new --keys \(path)', or name another with --keys")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.maximumSize else {
            throw .configuration(
                "the key file \(path) is no regular file of at most 64 KiB", hint: "name a JWK Set file with --keys")
        }
        guard status.st_mode & 0o077 == 0, [0, geteuid()].contains(status.st_uid) else {
            throw .configuration(
                "the key file \(path) can be read or written by others",
                hint: "make it this user's own, with 'chmod 600 \(path)'; if somebody read it, make a new key")
        }
        var bytes = [UInt8](repeating: 0, count: Self.maximumSize)
        let count = Glibc.read(file, &bytes, bytes.count)
        do {
            return (try KeyRing(jwkSet: bytes.prefix(max(0, count))), Version(status))
        } catch {
            throw .configuration(
                "\(error.description) (\(path))", hint: "'sso keys new --keys FILE' makes a good one")
        }
    }

    /// The file's version now, or nil if it is not there.
    var version: Version? {
        var status = stat()
        return stat(path, &status) == 0 ? Version(status) : nil
    }
}

extension KeyFile.Version {
    fileprivate init(_ status: stat) {
        inode = UInt64(status.st_ino)
        changedSeconds = status.st_ctim.tv_sec
        changedNanoseconds = status.st_ctim.tv_nsec
    }
}
