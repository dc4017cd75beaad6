import Foundation

/// A token that must be refused.
struct Hostile: Sendable {
    /// What was done to it.
    let what: String
    let token: String
    /// The `code` of the refusal.
    var code = "token_invalid"
}

/// What somebody without the secret can do to a good token.
enum Tampering {
    static func all(of token: String) -> [Hostile] {
        let parts = token.split(separator: ".").map(String.init)
        return parts.indices.flatMap { ofPart($0, in: parts) } + ofWhole(token, parts) + unsigned(parts)
    }

    private static let names = ["header", "payload", "signature"]

    /// One part changed, the others as they were.
    private static func ofPart(_ index: Int, in parts: [String]) -> [Hostile] {
        let part = parts[index]
        func with(_ changed: String, _ what: String) -> Hostile {
            var parts = parts
            parts[index] = changed
            return Hostile(what: "\(names[index]): \(what)", token: parts.joined(separator: "."))
        }
        let middle = part.index(part.startIndex, offsetBy: part.count / 2)
        return flippedCharacters(part).map { with($0.text, $0.what) }
            + flippedBytes(part).map { with($0.text, $0.what) }
            + [
                with(String(part.dropLast()), "last character cut"), with(String(part.dropFirst()), "first cut"),
                with(String(part.prefix(part.count / 2)), "second half cut"), with("", "emptied"),
                with(part + "A", "extended by one"), with(part + "AAAA", "extended by four"),
                with("AAAA" + part, "extended before"), with(part + part, "doubled"),
                with(part + "=", "padded"), with(part + "==", "padded twice"),
                with(part[..<middle] + " " + part[middle...], "white space inside"),
                with(part[..<middle] + "+" + part[middle...].dropFirst(), "standard alphabet's +"),
                with(part[..<middle] + "/" + part[middle...].dropFirst(), "standard alphabet's /"),
            ]
    }

    private static func positions(_ count: Int) -> [Int] { [0, 1, count / 4, count / 2, count - 2, count - 1] }

    private static func flippedCharacters(_ part: String) -> [(text: String, what: String)] {
        positions(part.utf8.count).map { position in
            var characters = Array(part.utf8)
            // Of this alphabet, the lowest bit never makes a semicolon or a quotation mark, which end a cookie.
            characters[position] ^= 1
            return (String(decoding: characters, as: UTF8.self), "character \(position) flipped")
        }
    }

    private static func flippedBytes(_ part: String) -> [(text: String, what: String)] {
        guard let bytes = decodedBase64URL(part) else { return [] }
        return positions(bytes.count).flatMap { position in
            ([0x01, 0x20, 0x80] as [UInt8]).map { bit in
                var bytes = bytes
                bytes[position] ^= bit
                return (base64URL(bytes), "bit \(bit) of byte \(position) flipped")
            }
        }
    }

    private static func ofWhole(_ token: String, _ parts: [String]) -> [Hostile] {
        [
            Hostile(what: "two parts", token: "\(parts[0]).\(parts[1])"),
            Hostile(what: "one part", token: parts[0]),
            Hostile(what: "a fourth part", token: "\(token).\(parts[2])"),
            Hostile(what: "a fourth part that is empty", token: "\(token)."),
            Hostile(what: "an empty part before", token: ".\(token)"),
            Hostile(what: "an empty part between", token: "\(parts[0])..\(parts[1]).\(parts[2])"),
            Hostile(what: "five parts, as of JWE", token: "\(token).\(parts[0]).\(parts[1])"),
            Hostile(what: "dots only", token: ".."),
            Hostile(what: "no token at all", token: "hello"),
            Hostile(what: "parts in another order", token: "\(parts[1]).\(parts[0]).\(parts[2])"),
            Hostile(what: "trailing bits of the signature", token: withTrailingBit(token)),
            Hostile(what: "over 4 KiB of signature", token: token + String(repeating: "A", count: 4096)),
        ]
    }

    /// `alg: none` and its kin, with no signature and with one.
    private static func unsigned(_ parts: [String]) -> [Hostile] {
        ["none", "None", "NONE", "nOnE", ""].flatMap { algorithm in
            let typed = JSONObjectText(["alg": algorithm, "typ": "at+jwt"])
            let plain = JSONObjectText(["alg": algorithm])
            return [typed, plain].flatMap { header in
                ["", parts[2]].map { signature in
                    Hostile(
                        what: "alg '\(algorithm)', \(signature.isEmpty ? "no signature" : "the old signature")",
                        token: "\(header.encoded).\(parts[1]).\(signature)")
                }
            }
        }
    }

    /// The same 32 bytes of signature in another spelling: 43 characters hold 258 bits, of which two must be zero.
    static func withTrailingBit(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var characters = Array(text.utf8)
        guard let last = characters.popLast(), let value = alphabet.firstIndex(of: last) else { return text }
        return String(decoding: characters + [alphabet[value | 1]], as: UTF8.self)
    }
}

/// A JSON object of strings, as a part of a token.
private struct JSONObjectText {
    let encoded: String

    init(_ members: KeyValuePairs<String, String>) {
        encoded = base64URL(
            Array("{\(members.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ","))}".utf8))
    }
}
