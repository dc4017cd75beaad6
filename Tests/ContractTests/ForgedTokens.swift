import Foundation

/// What somebody who has the secret, or another one, can make of a good token: each with a signature that fits.
struct Forgeries {
    let forger: Forger
    let good: Draft
    /// A good token of the same user and the other type.
    let otherType: String

    private func hostile(_ what: String, _ draft: Draft, code: String = "token_invalid") -> Hostile {
        Hostile(what: what, token: forger.token(draft), code: code)
    }

    var all: [Hostile] { headers + keys + spellings + types + identities + times + numbers + texts }

    /// Headers that ask for another way of checking.
    private var headers: [Hostile] {
        let algorithms = ["none", "None", "NONE", "hs256", "HS384", "HS512", "RS256", "ES256", "HS256 ", ""]
        return algorithms.map { hostile("alg '\($0)'", good.header("alg", "\"\($0)\"")) } + [
            hostile("no alg", good.header("alg", nil)),
            hostile("alg null", good.header("alg", "null")),
            hostile("alg in an array", good.header("alg", "[\"HS256\"]")),
            hostile("crit", good.header("crit", "[\"exp\"]").header("exp", "1")),
            hostile("crit b64", good.header("crit", "[\"b64\"]").header("b64", "false")),
            hostile("b64 false", good.header("b64", "false")),
            hostile("b64 true", good.header("b64", "true")),
            twice("alg", inHeader: true), twice("kid", inHeader: true), twice("typ", inHeader: true),
            duplicate("alg", "\"none\"", inHeader: true), duplicate("kid", "\"other\"", inHeader: true),
        ]
    }

    /// Keys that are not the cluster's.
    private var keys: [Hostile] {
        let other = [UInt8](repeating: 0x41, count: 32)
        return [
            Hostile(what: "another secret", token: forger.token(good, secret: other)),
            Hostile(what: "the empty secret", token: forger.token(good, secret: [])),
            Hostile(
                what: "the secret's first 16 bytes", token: forger.token(good, secret: Array(forger.secret.prefix(16)))),
            Hostile(
                what: "another secret, sent along",
                token: forger.token(
                    good.header("jwk", "{\"kty\":\"oct\",\"k\":\"\(base64URL(other))\"}"), secret: other)),
            hostile("unknown kid", good.header("kid", "\"unknown\"")),
            hostile("kid in another case", good.header("kid", swappedCase(good.header["kid"]))),
            hostile("a path as kid", good.header("kid", "\"../../dev/null\"")),
            hostile("empty kid", good.header("kid", "\"\"")),
            hostile("kid null", good.header("kid", "null")),
            hostile("kid a number", good.header("kid", "0")),
            hostile("no kid", good.header("kid", nil)),
        ]
    }

    /// The same bytes in another spelling, signed in that spelling.
    private var spellings: [Hostile] {
        let header = base64URL(good.header.bytes)
        let payload = base64URL(good.payload.bytes)
        // Blanks at the end of JSON text change nothing but its length, until its base64 has bits left over.
        let loose = Array(
            "\(good.payload.text)\(String(repeating: " ", count: 4 - good.payload.text.utf8.count % 3))".utf8)
        return [
            Hostile(what: "padded header, signed so", token: forger.signed("\(header)=.\(payload)")),
            Hostile(what: "padded payload, signed so", token: forger.signed("\(header).\(payload)=")),
            Hostile(what: "white space, signed so", token: forger.signed("\(header).\(payload) ")),
            Hostile(
                what: "trailing bits of the payload, signed so",
                token: forger.signed("\(header).\(Tampering.withTrailingBit(base64URL(loose)))")),
            Hostile(what: "empty header, signed so", token: forger.signed(".\(payload)")),
            Hostile(what: "empty payload, signed so", token: forger.signed("\(header).")),
            Hostile(what: "four parts, signed so", token: forger.signed("\(header).\(payload).\(payload)")),
        ]
    }

    /// A good token of the wrong kind.
    private var types: [Hostile] {
        [
            Hostile(what: "the user's good token of the other type", token: otherType),
            hostile("typ JWT", good.header("typ", "\"JWT\"")),
            hostile("no typ", good.header("typ", nil)),
            hostile("typ null", good.header("typ", "null")),
            hostile("empty typ", good.header("typ", "\"\"")),
        ]
    }

    /// Tokens for or from others, and such that do not say it.
    private var identities: [Hostile] {
        let members = good.payload.members.map(\.name)
        // A token need not tell when its session began; it must not tell nonsense.
        return members.filter { $0 != "auth_time" }.map { hostile("no \($0)", good.payload($0, nil)) }
            + members.map { hostile("\($0) null", good.payload($0, "null")) }
            + ["iss", "aud", "sub", "sid", "jti"].flatMap { name in
                [
                    hostile("\(name) a number", good.payload(name, "1")),
                    hostile("empty \(name)", good.payload(name, "\"\"")),
                ]
            } + [
                hostile("aud of another cluster", good.payload("aud", "\"other\"")),
                hostile("aud in an array", good.payload("aud", "[\"sso\"]")),
                hostile("aud in capitals", good.payload("aud", "\"SSO\"")),
                hostile("iss of nobody", good.payload("iss", "\"evil\"")),
                hostile("iss in capitals", good.payload("iss", "\"BANK\"")),
                hostile("iss both servers", good.payload("iss", "[\"bank\",\"retirement\"]")),
            ]
    }

    /// Tokens from the past and from the future.
    private var times: [Hostile] {
        let now = Int(Date().timeIntervalSince1970)
        return [
            hostile("exp a minute ago", good.payload("exp", "\(now - 60)"), code: "token_expired"),
            hostile("exp now", good.payload("exp", "\(now)"), code: "token_expired"),
            hostile("exp 0", good.payload("exp", "0"), code: "token_expired"),
            hostile(
                "exp a minute ago, for another cluster", good.payload("exp", "\(now - 60)").payload("aud", "\"x\"")),
            hostile("iat in an hour", good.payload("iat", "\(now + 3600)").payload("exp", "\(now + 7200)")),
        ]
    }

    /// Numbers that readers of JSON take for another one.
    private var numbers: [Hostile] {
        let values: [String] = [
            "\"0\"", "0.0", "0e0", "-0.5", "true", "false", "[0]", "{}", "-1", "1e300", "9007199254740993",
            "99999999999999999999", "00", "+0", "0x0", "NaN", "",
        ]
        let counts = values.map { hostile("count \($0)", good.payload("count", $0)) }
        let exp: String = good.payload["exp"] ?? ""
        let ends: [String] = ["\"\(exp)\"", "\(exp).5", "\(exp).0", "1e300", "true", "-1", "99999999999999999999"]
        return counts + ends.map { (end: String) in hostile("exp \(end)", good.payload("exp", end)) }
            + ["\"0\"", "0.5", "false", "-1"].map { (time: String) in hostile("iat \(time)", good.payload("iat", time))
            }
    }

    /// Texts that are no JSON object, or one that two readers read differently.
    private var texts: [Hostile] {
        let text = good.payload.text
        let payloads: [(String, [UInt8])] = [
            ("an array", Array("[\(text)]".utf8)), ("null", Array("null".utf8)), ("a number", Array("1".utf8)),
            ("a string", Array("\"text\"".utf8)), ("two objects", Array((text + text).utf8)),
            ("a trailing comma", Array((text.dropLast() + ",}").utf8)),
            ("a byte-order mark", [0xef, 0xbb, 0xbf] + Array(text.utf8)),
            ("UTF-16", text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
            ("a lone surrogate", Array((text.dropLast() + ",\"x\":\"\\ud800\"}").utf8)),
            ("invalid UTF-8", Array((text.dropLast() + ",\"x\":\"").utf8) + [0xff] + Array("\"}".utf8)),
            ("a comment", Array(("/**/" + text).utf8)),
            ("single quotes", Array(text.replacing("\"", with: "'").utf8)),
        ]
        let header = base64URL(good.header.bytes)
        return payloads.map { what, bytes in
            Hostile(what: "payload: \(what)", token: forger.signed("\(header).\(base64URL(bytes))"))
        } + ["iss", "aud", "sub", "sid", "count", "iat", "exp", "jti"].map { twice($0) } + [
            duplicate("count", "1"), duplicate("exp", "9999999999"), duplicate("sub", "\"somebody\""),
            Hostile(
                what: "over 4 KiB",
                token: forger.token(good.payload("x", "\"\(String(repeating: "x", count: 4096))\""))),
        ]
    }

    /// The member stands twice, with the same value.
    private func twice(_ name: String, inHeader: Bool = false) -> Hostile {
        duplicate(name, (inHeader ? good.header : good.payload)[name] ?? "0", inHeader: inHeader)
    }

    /// The member stands twice, at last with that value.
    private func duplicate(_ name: String, _ value: String, inHeader: Bool = false) -> Hostile {
        var draft = good
        if inHeader {
            draft.header.members.append((name, value))
        } else {
            draft.payload.members.append((name, value))
        }
        return hostile("\(name) twice in the \(inHeader ? "header" : "payload"), \(value) last", draft)
    }

    private func swappedCase(_ text: String?) -> String {
        let text = text ?? ""
        let swapped = String(text.map { $0.isLowercase ? Character($0.uppercased()) : Character($0.lowercased()) })
        return swapped == text ? "\"X\"" : swapped
    }
}
