import Foundation

/// A folder in which each mail becomes a file, for who has no mail server: to be read by people and tests, or taken
/// away by a program. Only its owner can read it: the mails let their readers set passwords.
public struct Outbox: MailTransport {
    /// The folder's path; it is made where it is missing.
    public let folder: String

    /// The folder at this path.
    public init(folder: String) {
        self.folder = folder
    }

    /// Writes the mail, so that under its name it is there whole or not at all. Its name begins with its time, so names
    /// in order are mails in order; sent again, it takes its own place.
    public func send(_ message: Message) throws(MailError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw MailError("the outbox \(folder) cannot be made")
        }
        let name = "\(message.time)-\(Self.plain(message.id))"
        // Two servers that write the same mail, as one was given up for dead, have a file each until it is whole.
        let temporary = "\(folder)/.\(name).\(getpid()).tmp"
        do throws(MailError) {
            try write(message.bytes, to: temporary)
            guard rename(temporary, "\(folder)/\(name).eml") == 0 else { throw failure("rename") }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(MailError) {
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open") }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw failure("write") }
            written += max(0, count)
        }
        guard fsync(file) == 0 else { throw failure("sync") }
    }

    /// Without what would end a name or lead elsewhere.
    private static func plain(_ id: String) -> String {
        String(decoding: id.utf8.filter { $0 != 0 && $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }

    private func failure(_ step: String) -> MailError {
        MailError(
            "a mail cannot be written to the outbox \(folder): \(step): \(String(cString: strerror(errno)).lowercased())"
        )
    }
}
