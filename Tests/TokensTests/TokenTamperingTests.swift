import Testing

@testable import Tokens

@Suite("A token that somebody has changed")
struct TokenTamperingTests {
    private static func parts() throws -> [[UInt8]] {
        try TokenSigner(keys: Sample.ring()).sign(Sample.access).utf8.split(separator: UInt8(ascii: ".")).map(
            Array.init)
    }

    private static func joined(_ parts: [[UInt8]]) -> [UInt8] {
        Array(parts.joined(separator: [UInt8(ascii: ".")]))
    }

    private func expectRefused(_ token: [UInt8], _ what: String) throws {
        let verifier = try Sample.verifier()
        #expect(throws: TokenError.self, "\(what)") {
            try verifier.verify(token, as: AccessClaims.self, at: Sample.now)
        }
        #expect(throws: TokenError.self, "\(what)") {
            try verifier.verify(token, as: RefreshClaims.self, at: Sample.now)
        }
    }

    @Test("Each character flipped, in each part, is refused", arguments: 0..<3)
    func flipped(part: Int) throws {
        let parts = try Self.parts()
        for index in parts[part].indices {
            for other in [UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "_")] where other != parts[part][index] {
                var changed = parts
                changed[part][index] = other
                try expectRefused(Self.joined(changed), "part \(part), character \(index)")
            }
        }
    }

    @Test("Each part cut short, at either end and to any length, is refused", arguments: 0..<3)
    func truncated(part: Int) throws {
        let parts = try Self.parts()
        for length in 0..<parts[part].count {
            var changed = parts
            changed[part] = Array(parts[part].prefix(length))
            try expectRefused(Self.joined(changed), "part \(part), first \(length)")
            changed[part] = Array(parts[part].suffix(length))
            try expectRefused(Self.joined(changed), "part \(part), last \(length)")
        }
    }

    @Test(
        "Each part made longer is refused", arguments: 0..<3,
        ["A", "AA", "AAA", "AAAA", "=", "==", "===", " ", "\n", "\r\n", "\t", "\u{0}", "é", "%3D", "+", "/", ";"])
    func extended(part: Int, text: String) throws {
        var changed = try Self.parts()
        let whole = changed[part]
        changed[part] = whole + Array(text.utf8)
        try expectRefused(Self.joined(changed), "part \(part) with \(text.debugDescription) behind")
        changed[part] = Array(text.utf8) + whole
        try expectRefused(Self.joined(changed), "part \(part) with \(text.debugDescription) before")
    }

    @Test("More, fewer and other parts are refused")
    func parts() throws {
        let parts = try Self.parts()
        let (header, payload, signature) = (parts[0], parts[1], parts[2])
        let wrong: [[[UInt8]]] = [
            [], [[]], [[], []], [[], [], []], [header], [header, payload], [payload, signature], [header, payload, []],
            [header, [], signature], [[], payload, signature], [header, payload, signature, []],
            [[], header, payload, signature], [header, [], payload, signature], [header, payload, [], signature],
            [header, payload, signature, signature], [payload, header, signature], [header, signature, payload],
            [signature, payload, header], [header, header, signature], [header, payload, header],
            [header, payload, signature, [], []],
        ]
        for (index, parts) in wrong.enumerated() { try expectRefused(Self.joined(parts), "number \(index)") }
    }

    @Test("A part of another good token does not fit", arguments: 0..<3)
    func mixed(part: Int) throws {
        let mine = try Self.parts()
        let payload = Sample.payload.with("sub", "\"user-2\"").text
        let header = Sample.header.with("kid", "\"second\"").text
        let theirs = try Sample.forged(header: header, payload: payload, key: Sample.secondKey())
        #expect(try Sample.refusal(theirs) == nil)
        var mixed = mine
        mixed[part] = Array(theirs.utf8.split(separator: UInt8(ascii: "."))[part])
        try expectRefused(Self.joined(mixed), "part \(part)")
    }

    @Test("A token of 4096 bytes is looked at, one of 4097 is not")
    func length() throws {
        // The payload's part has 3 mod 4 characters in the one and 0 mod 4 in the other, which both exist, if the
        // header's length is a multiple of three.
        let id = try #require(
            ["a", "aa", "aaa"].first { Sample.header.with("kid", "\"\($0)\"").text.utf8.count % 3 == 0 })
        let key = try Key(id: id, secret: [UInt8](repeating: 4, count: 32))
        let header = Sample.header.with("kid", "\"\(id)\"").text
        var seen: [Int: TokenError?] = [:]
        for padding in 2_500...3_000 {
            let payload = Sample.payload.adding("x", "\"\(String(repeating: "x", count: padding))\"").text
            let token = try Sample.forged(header: header, payload: payload, key: key)
            guard (4_095...4_100).contains(token.utf8.count) else { continue }
            seen[token.utf8.count] = .some(try Sample.refusal(token, keys: KeyRing([key])))
        }
        #expect(seen[4_096] == .some(nil))
        #expect(seen[4_097] == .some(.malformed))
    }

    @Test("A huge text is refused without being read")
    func huge() throws {
        try expectRefused([UInt8](repeating: UInt8(ascii: "A"), count: 1_000_000), "a million characters")
        try expectRefused([UInt8](repeating: UInt8(ascii: "."), count: 1_000_000), "a million dots")
    }

    @Test("An unverified look at a token gives its parts, and refuses what has no three")
    func unverified() throws {
        let token = try UnverifiedToken(Sample.forged().utf8)
        #expect(token.unverifiedHeader == Array(Sample.header.text.utf8))
        #expect(token.unverifiedPayload == Array(Sample.payload.text.utf8))
        #expect(token.unverifiedSignature.count == 32)
        for text in ["", ".", "a.b", "YQ.YQ.YR", "YQ.YQ.YQ=", "YQ.YQ.YQ.YQ"] {
            #expect(throws: TokenError.malformed) { try UnverifiedToken(text.utf8) }
        }
        #expect(throws: Never.self) { try UnverifiedToken("YQ.YQ.YQ".utf8) }
    }
}
