import Foundation
import Identity
import Testing

@testable import Mail

@Suite("Mails as they go over the wire")
struct MessageTests {
    /// A mail, of which each part may be as hostile as its type lets it be.
    private func message(id: String = "mail-1", subject: String = "Hello", body: String = "Text.\n") throws -> Message {
        Message(
            id: id, from: try EmailAddress("sso@Example.com"), to: try EmailAddress("anna@example.org"),
            subject: subject, body: body, time: 1_795_578_396)
    }

    /// The headers' lines and the body's, split at CRLF; it fails if there is a CR or an LF elsewhere.
    private func lines(_ message: Message) throws -> (headers: [String], body: [String]) {
        let bytes = message.bytes
        for (index, byte) in bytes.enumerated() {
            if byte == 13 { try #require(index + 1 < bytes.count && bytes[index + 1] == 10, "a CR alone") }
            if byte == 10 { try #require(index > 0 && bytes[index - 1] == 13, "a LF alone") }
            try #require(byte != 0)
        }
        let text = try #require(String(validating: bytes, as: UTF8.self))
        let lines = text.unicodeScalars.split(separator: "\r", omittingEmptySubsequences: false)
            .map { String(String.UnicodeScalarView($0.drop { $0 == "\n" })) }
        let end = try #require(lines.firstIndex(of: ""))
        return (Array(lines[..<end]), Array(lines[(end + 1)...]))
    }

    private static let headers = [
        "Date: Wed, 25 Nov 2026 03:46:36 +0000", "From: <sso@example.com>", "To: <anna@example.org>",
        "Message-ID: <mail-1@example.com>", "Subject: Hello", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit",
    ]

    @Test("A plain mail is as RFC 5322 says")
    func plain() throws {
        let (headers, body) = try lines(message())
        #expect(headers == Self.headers)
        #expect(body == ["Text.", ""])
    }

    @Test(
        "Nothing in a subject begins a header or ends them all",
        arguments: [
            "\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\u{0B}", "\u{0C}", "\u{0}", "\r\n\r\n", "\n\r", "\u{1B}[2J",
        ])
    func hostileSubject(end: String) throws {
        let (headers, body) = try lines(message(subject: "Hello\(end)Bcc: eve@example.com\(end)\(end)Hi"))
        let names = headers.filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(names == Self.headers.map { $0.prefix { $0 != ":" } })
        #expect(!headers.contains { $0.hasPrefix("Bcc") })
        #expect(headers.contains { $0.hasPrefix("Subject: Hello ") })
        #expect(body == ["Text.", ""])
    }

    @Test("Nothing in an id leaves its place")
    func hostileID() throws {
        let (headers, _) = try lines(message(id: "a>\r\nBcc: <eve@example.com"))
        #expect(headers[3] == "Message-ID: <aBcceveexamplecom@example.com>")
        #expect(headers.count == Self.headers.count)
    }

    @Test("What is not ASCII is encoded in short words, and so is what looks encoded")
    func encodedSubject() throws {
        let subject = "Grüße, " + String(repeating: "日本語", count: 20) + " 👩‍👩‍👧 =?utf-8?Q?x?="
        let value = HeaderText.encoded(subject)
        let words = value.components(separatedBy: "\r\n ")
        #expect(words.count > 3)
        #expect(words.allSatisfy { $0.utf8.count <= 75 && $0.hasPrefix("=?utf-8?Q?") && $0.hasSuffix("?=") })
        // Zero-width joiners, which nobody sees, become spaces.
        let joiners = subject.unicodeScalars.map { $0 == "\u{200D}" ? " " : $0 }
        #expect(try decoded(words) == String(String.UnicodeScalarView(joiners)))
        #expect(HeaderText.encoded("=?utf-8?Q?x?=").hasPrefix("=?utf-8?Q?=3D=3F"))
        #expect(HeaderText.encoded("a =?utf-8?Q?x?=").hasPrefix("=?utf-8?Q?a_=3D"))
        #expect(HeaderText.encoded("2 = 2?") == "2 = 2?")
        #expect(
            try lines(message(subject: String(repeating: "x", count: 5000))).headers.allSatisfy { $0.utf8.count < 998 })
    }

    /// Every word by itself must be valid UTF-8.
    private func decoded(_ words: [String]) throws -> String {
        try words.map { word in
            var bytes: [UInt8] = []
            var rest = Array(word.utf8.dropFirst(10).dropLast(2))[...]
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "_"): bytes.append(UInt8(ascii: " "))
                case UInt8(ascii: "="):
                    bytes.append(try #require(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)))
                    rest = rest.dropFirst(2)
                default: bytes.append(byte)
                }
            }
            return try #require(String(validating: bytes, as: UTF8.self))
        }.joined()
    }

    @Test("Every kind of line end becomes CRLF, and the text ends with one")
    func lineEnds() throws {
        let body = try lines(message(body: "one\ntwo\r\nthree\rfour\n\nsix\r\n\r\neight")).body
        #expect(body == ["one", "two", "three", "four", "", "six", "", "eight", ""])
        #expect(try lines(message(body: "")).body == [""])
        #expect(try lines(message(body: "\n")).body == ["", ""])
        #expect(try lines(message(body: "nul\u{0}here\n")).body == ["nul here", ""])
    }

    @Test("A line is cut where it would be too long, never within a character")
    func longLines() throws {
        for text in [String(repeating: "x", count: 3000), String(repeating: "é", count: 1501)] {
            let body = try lines(message(body: text)).body
            #expect(body.allSatisfy { $0.utf8.count <= 998 })
            #expect(body.joined() == text)
        }
        let exact = String(repeating: "x", count: 998)
        #expect(try lines(message(body: exact + "\n")).body == [exact, ""])
    }

    @Test("A text that is not ASCII says that it has 8 bits")
    func eightBits() throws {
        let (headers, body) = try lines(message(body: "Grüße\n"))
        #expect(headers.last == "Content-Transfer-Encoding: 8bit")
        #expect(body == ["Grüße", ""])
    }

    @Test(
        "Dates are right over leap years",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 +0000"),
            (1_740_787_200, "Sat, 01 Mar 2025 00:00:00 +0000"), (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 +0000"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 +0000"), (-5, "Thu, 01 Jan 1970 00:00:00 +0000"),
        ])
    func dates(time: Int, text: String) {
        #expect(MailDate.text(time) == text)
    }
}
