import Tokens

/// A token taken apart, to be looked at: never enough of it to be used.
struct TokenAnatomy: Sendable {
    /// The three parts as they came (RFC 7515 section 7.1), the signature cut short.
    let parts: (header: String, payload: String, signature: String)
    /// What the first two parts say, as JSON text with a line for each member; nil if that is no JSON.
    let header: String?
    let payload: String?

    /// How much of a signature is shown, in characters of 43: who guesses the rest might as well guess the key.
    private static let shownOfSignature = 8

    /// - Parameter token: whatever came in the cookie.
    init(_ token: String) {
        let pieces = token.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        func part(_ place: Int) -> String { place < pieces.count ? String(pieces[place].prefix(2048)) : "" }
        let signature = part(2)
        let shown = signature.prefix(Self.shownOfSignature)
        parts = (part(0), part(1), shown.count < signature.count ? "\(shown)…" : String(shown))
        header = Self.text(part(0))
        payload = Self.text(part(1))
    }

    private static func text(_ part: String) -> String? {
        guard let bytes = Base64URL.decode(part.utf8), case .object(let object)? = try? JSONValue(bytes) else {
            return nil
        }
        let lines = object.members.map { member in
            var json = JSONWriter()
            switch member.value {
            case .string(let text): json.add("", text)
            case .integer(let number): json.add("", number)
            // What no token of ours holds is named, not shown.
            default: json.add("", "…")
            }
            var name = JSONWriter()
            name.add("", member.name)
            return "  \(Self.value(name)): \(Self.value(json))"
        }
        return "{\n\(lines.joined(separator: ",\n"))\n}"
    }

    /// The value of the one member that was written: what stands between `{"":` and `}`.
    private static func value(_ json: JSONWriter) -> String {
        String(decoding: json.bytes.dropFirst(4).dropLast(), as: UTF8.self)
    }
}
