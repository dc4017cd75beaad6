/// Takes secrets out of what is shown: a whole token on a screen is one that somebody can copy.
enum Masking {
    /// Cuts tokens short, and blanks passwords in forms and in JSON, wherever they stand in the text.
    static func masked(_ text: String) -> String {
        text
            // A member of a JSON object, whole or broken off: "password": "…"
            .replacing(/("[^"]*(?:password|secret)[^"]*"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^",}\s]+)/.ignoresCase()) {
                $0.output.1 + "\"•••\""
            }
            .replacing(/("[^"]*_token"\s*:\s*")((?:[^"\\]|\\.)*)/.ignoresCase()) {
                $0.output.1 + short($0.output.2)
            }
            // A field of a form or of a query.
            .replacing(/((?:^|[?&\s])[^=&\s]*password[^=&\s]*=)[^&\s]+/.ignoresCase()) { $0.output.1 + "•••" }
            .replacing(/((?:^|[?&\s])[^=&\s]*_token=)([^&\s]+)/.ignoresCase()) {
                $0.output.1 + short($0.output.2)
            }
            // A token in the compact form, anywhere.
            .replacing(/eyJ[A-Za-z0-9_\-.]{8,}/) { short($0.output) }
    }

    /// Cuts what follows the scheme in `Authorization`.
    static func maskedCredentials(_ value: String) -> String {
        let parts = value.split(separator: " ", maxSplits: 1)
        return parts.count == 2 ? "\(parts[0]) \(short(parts[1]))" : String(short(value[...]))
    }

    /// Cuts long values in `Cookie` and in the first pair of `Set-Cookie`.
    static func maskedCookies(_ value: String) -> String {
        value.replacing(/([^=;\s]+=)([^;]{17,})/) { $0.output.1 + short($0.output.2) }
    }

    /// The beginning of a secret: at most ten characters, at most half of it.
    static func short(_ secret: Substring) -> Substring {
        if secret.hasSuffix("…") { return secret }
        return secret.isEmpty ? secret : secret.prefix(min(10, secret.count / 2)) + "…"
    }
}
