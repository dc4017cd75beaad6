import Foundation
import Testing
import Tokens

@testable import SSOServer

@Suite("The key file")
struct KeyFileTests {
    private static let keys =
        #"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"\#(String(repeating: "A", count: 43))"}]}"#

    private func write(_ text: String, to path: String, permissions: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    }

    /// Why the file is refused.
    private func refusal(_ path: String) -> StartupError? {
        do {
            _ = try KeyFile(path: path).read()
            return nil
        } catch {
            return error
        }
    }

    @Test("A file that only its owner can use is read", arguments: [0o600, 0o400, 0o700])
    func good(permissions: Int) throws {
        try withFolder { folder in
            let path = folder + "/keys.json"
            try write(Self.keys, to: path, permissions: permissions)
            #expect(try KeyFile(path: path).read().keys.keys.map(\.id) == ["a"])
        }
    }

    @Test(
        "A file that anyone else can read, write or run is refused, with a hint",
        arguments: [0o640, 0o604, 0o620, 0o602, 0o644, 0o660, 0o666, 0o610, 0o601, 0o777, 0o440, 0o404])
    func permissions(permissions: Int) throws {
        try withFolder { folder in
            let path = folder + "/keys.json"
            try write(Self.keys, to: path, permissions: permissions)
            let error = try #require(refusal(path))
            #expect(error.code == .configuration)
            #expect(error.cause == "the key file \(path) can be read or written by others")
            #expect(error.hint.contains("chmod 600"))
        }
    }

    @Test("A link is judged by the file that it leads to")
    func links() throws {
        try withFolder { folder in
            try write(Self.keys, to: folder + "/open.json", permissions: 0o644)
            try write(Self.keys, to: folder + "/own.json")
            for name in ["open", "own"] {
                try FileManager.default.createSymbolicLink(
                    atPath: folder + "/\(name).link", withDestinationPath: folder + "/\(name).json")
            }
            #expect(refusal(folder + "/open.link")?.code == .configuration)
            #expect(refusal(folder + "/own.link") == nil)
        }
    }

    @Test("A file that is not there is refused, and how to make one is said")
    func missing() throws {
        try withFolder { folder in
            let error = try #require(refusal(folder + "/keys.json"))
            #expect(error.code == .configuration)
            #expect(error.cause.contains("cannot be read: no such file or directory"))
            #expect(error.hint.contains("sso keys new"))
            #expect(KeyFile(path: folder + "/keys.json").version == nil)
        }
    }

    @Test("What is no regular file is refused at once", arguments: ["folder", "device", "pipe"])
    func otherKinds(kind: String) throws {
        try withFolder { folder in
            let path = kind == "folder" ? folder : kind == "device" ? "/dev/null" : folder + "/pipe"
            // Nobody writes to the pipe, so who opens it to wait never comes back.
            if kind == "pipe" { #expect(mkfifo(path, 0o600) == 0) }
            #expect(refusal(path)?.cause == "the key file \(path) is no regular file of at most 64 KiB")
        }
    }

    @Test("A file of 64 KiB is read, one byte more is refused")
    func size() throws {
        try withFolder { folder in
            let path = folder + "/keys.json"
            let filled = Self.keys + String(repeating: " ", count: 65_536 - Self.keys.utf8.count)
            try write(filled, to: path)
            #expect(refusal(path) == nil)
            try write(filled + " ", to: path)
            #expect(refusal(path)?.cause.contains("64 KiB") == true)
        }
    }

    @Test(
        "Keys that cannot be used are refused with the cause and the file",
        arguments: [
            ("", "not JSON"), ("{}", "not a JWK Set"), (#"{"keys":[]}"#, "has no key"),
            (#"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"AAAA"}]}"#, "the key 'a' has 3 bytes"),
        ])
    func badKeys(text: String, cause: String) throws {
        try withFolder { folder in
            let path = folder + "/keys.json"
            try write(text, to: path)
            let error = try #require(refusal(path))
            #expect(error.code == .configuration)
            #expect(error.cause.contains(cause))
            #expect(error.cause.contains(path))
        }
    }

    @Test("An error never shows the secret")
    func secrecy() throws {
        try withFolder { folder in
            let path = folder + "/keys.json"
            try write(#"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"c2VjcmV0c2VjcmV0"}]}"#, to: path)
            let error = try #require(refusal(path))
            #expect(!"\(error)".contains("c2VjcmV0"))
        }
    }

    @Test("Its version stays while nothing happens, and changes when another file takes its place")
    func version() throws {
        try withFolder { folder in
            let path = folder + "/keys.json"
            try write(Self.keys, to: path)
            let (_, first) = try KeyFile(path: path).read()
            #expect(KeyFile(path: path).version == first)
            try write(Self.keys, to: folder + "/new.json")
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: folder + "/new.json", toPath: path)
            let second = try #require(KeyFile(path: path).version)
            #expect(second != first)
            #expect(try KeyFile(path: path).read().version == second)
        }
    }
}
