// With libcurl's headers in sight, the compiler takes `struct stat` to be of this module.
import CDispatch
import Foundation
import Mail

/// The file that says who we are to the mail server: `user:password` in one line.
struct CredentialsFile {
    let path: String

    private static let maximumSize = 4096

    /// Reads the file.
    ///
    /// - Throws: ``StartupError`` if the file is missing, others can read or write it, or it says something else.
    func read() throws(StartupError) -> SMTP.Credentials {
        // Permissions and content of one open file, as with the key file; a pipe by that name is not waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw .configuration(
                "the credentials \(path) cannot be read: \(String(cString: strerror(errno)).lowercased())",
                hint: "name a file that says user:password with --smtp-credentials")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.maximumSize else {
            throw .configuration(
                "the credentials \(path) are no regular file of at most 4 KiB",
                hint: "name a file that says user:password with --smtp-credentials")
        }
        guard status.st_mode & 0o077 == 0, [0, geteuid()].contains(status.st_uid) else {
            throw .configuration(
                "the credentials \(path) can be read or written by others",
                hint:
                    "make the file this user's own, with 'chmod 600 \(path)'; if somebody read it, change the password"
            )
        }
        var bytes = [UInt8](repeating: 0, count: Self.maximumSize)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard let credentials = Self.parse(bytes.prefix(max(0, count))) else {
            throw .configuration(
                "the credentials \(path) are not one line with user:password", hint: "write them so, in UTF-8")
        }
        return credentials
    }

    /// Whether there is a file that can be read.
    static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// The first colon ends the user; a password may hold more of them, and spaces.
    private static func parse(_ bytes: ArraySlice<UInt8>) -> SMTP.Credentials? {
        var line = bytes
        if line.last == UInt8(ascii: "\n") { line = line.dropLast() }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let user = String(validating: line[..<colon], as: UTF8.self),
            let password = String(validating: line[line.index(after: colon)...], as: UTF8.self),
            !user.isEmpty, !password.isEmpty
        else { return nil }
        return SMTP.Credentials(user: user, password: password)
    }
}
