import Foundation
import Identity
import Mail
import Testing

@Suite("The outbox")
struct OutboxTests {
    private func message(_ id: String, time: Int = 1_700_000_000, body: String = "Text.\n") throws -> Message {
        Message(
            id: id, from: try EmailAddress("sso@localhost"), to: try EmailAddress("anna@example.com"), subject: "Hello",
            body: body, time: time)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/sso-outbox-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test("Each mail is a file of its owner's alone, in a folder of their own, and nothing else is left")
    func files() throws {
        try withFolder { folder in
            let outbox = Outbox(folder: "\(folder)/a/b")
            let (first, second) = (try message("first"), try message("second", time: 1_700_000_001))
            try outbox.send(second)
            try outbox.send(first)
            let names = try FileManager.default.contentsOfDirectory(atPath: outbox.folder).sorted()
            #expect(names == ["1700000000-first.eml", "1700000001-second.eml"])
            #expect(try mode(outbox.folder) == 0o700)
            for (name, message) in zip(names, [first, second]) {
                #expect(try mode("\(outbox.folder)/\(name)") == 0o600)
                #expect(FileManager.default.contents(atPath: "\(outbox.folder)/\(name)") == Data(message.bytes))
            }
        }
    }

    @Test("A mail that is sent again takes its own place, whatever was left of an attempt before")
    func again() throws {
        try withFolder { folder in
            let outbox = Outbox(folder: folder)
            try Data("half a m".utf8).write(
                to: URL(fileURLWithPath: "\(folder)/.1700000000-first.\(getpid()).tmp"))
            try outbox.send(message("first", body: "one\n"))
            try outbox.send(message("first", body: "two\n"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["1700000000-first.eml"])
            let text = FileManager.default.contents(atPath: "\(folder)/1700000000-first.eml")
            #expect(text.map { String(decoding: $0, as: UTF8.self) }?.hasSuffix("\r\n\r\ntwo\r\n") == true)
        }
    }

    @Test("An id leads out of the folder as little as into another")
    func hostileID() throws {
        try withFolder { folder in
            let outbox = Outbox(folder: "\(folder)/outbox")
            try outbox.send(message("/../../evil"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["outbox"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: outbox.folder) == ["1700000000-....evil.eml"])
        }
    }

    @Test("Where nothing can be written, the error says where, and neither to whom nor what")
    func unwritable() throws {
        try withFolder { folder in
            let file = "\(folder)/file"
            try Data().write(to: URL(fileURLWithPath: file))
            let error = #expect(throws: MailError.self) { try Outbox(folder: file).send(message("first")) }
            #expect(error?.description.contains(file) == true)
            #expect(error?.description.contains("anna") == false)
        }
    }
}
