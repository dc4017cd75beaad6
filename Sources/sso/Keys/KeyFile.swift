import Foundation
import Tokens

/// The key file as its operator changes it. Every change is written to a file aside, which then takes the place of the
/// old one: a server that reads sees the old keys or the new ones, never half.
struct KeyFile {
    let path: String

    func read() throws -> KeyRing {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw Failure(
                "the key file \(path) cannot be read", hint: "make one with 'sso keys new --keys \(path)'",
                code: Failure.configuration)
        }
        do {
            return try KeyRing(jwkSet: text)
        } catch {
            throw Failure(
                "\(error.description) (\(path))", hint: "mend it, or make another with 'sso keys new'",
                code: Failure.configuration)
        }
    }

    /// Makes the file, with its folder.
    ///
    /// - Throws: ``Failure`` if there is one: it may be in use.
    func create(_ keys: KeyRing) throws {
        try writeAside(keys) { aside in
            // A link, unlike a renaming, fails where there is a file.
            guard link(aside, path) == 0 else {
                if errno == EEXIST {
                    throw Failure(
                        "the key file \(path) is there already",
                        hint: "add a key to it with 'sso keys add', or name another file with --keys")
                }
                throw systemFailure("make")
            }
            unlink(aside)
        }
    }

    /// Puts other keys in the place of the present ones. Two changes at once do not lose each other.
    func change(_ change: ([Key]) throws -> [Key]) throws {
        let folder = open(self.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0, flock(folder, LOCK_EX) == 0 else { throw systemFailure("change") }
        defer { close(folder) }
        let keys = try KeyRing(change(try read().keys))
        try writeAside(keys) { aside in
            guard rename(aside, target) == 0 else { throw systemFailure("change") }
        }
    }

    /// The file itself, where `path` is a link to it: putting another in the link's place would leave the file as it is.
    private var target: String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    private var folder: String { URL(fileURLWithPath: target).deletingLastPathComponent().path }

    /// Writes a file that only its owner can read, lets `place` put it where it belongs, and makes both last.
    private func writeAside(_ keys: KeyRing, place: (String) throws -> Void) throws {
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let aside = "\(target).\(getpid()).new"
        let file = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw systemFailure("write") }
        do {
            defer { close(file) }
            let text = keys.jwkSet
            guard write(file, text, text.count) == text.count, fsync(file) == 0 else { throw systemFailure("write") }
            try place(aside)
        } catch {
            unlink(aside)
            throw error
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private func systemFailure(_ verb: String) -> Failure {
        Failure(
            "cannot \(verb) the key file \(path): \(String(cString: strerror(errno)).lowercased())",
            hint: "name a file in a folder that you can write, with --keys", code: Failure.configuration)
    }
}
