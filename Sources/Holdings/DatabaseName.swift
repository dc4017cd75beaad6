/// A database's URL as it may be printed and logged: without a password.
///
/// It hides too much rather than too little, so it needs no valid URL: whatever stands between the user's name and the
/// last `@`, where a password that nobody has escaped may hold any character, and each parameter that is named like one.
public struct DatabaseName: CustomStringConvertible, Sendable {
    /// The text without passwords.
    public let description: String

    /// The name of the database that this URL leads to.
    public init(_ url: String) {
        guard let slashes = url.firstRange(of: "://"), url.hasPrefix("postgres") else {
            // What is no URL may hold anything.
            description = url.hasPrefix("sqlite:") ? url : "\(url.prefix { $0.isASCII && $0.isLetter })…"
            return
        }
        let scheme = url[..<slashes.upperBound]
        let rest = url[slashes.upperBound...]
        guard let at = rest.lastIndex(of: "@") else {
            description = scheme + Self.hidingParameters(rest)
            return
        }
        let user = rest[..<at].prefix { $0 != ":" }
        description =
            scheme + Self.hidingParameters(user) + (user.endIndex == at ? "" : ":***")
            + Self.hidingParameters(rest[at...])
    }

    /// The text with the values of such parameters hidden.
    private static func hidingParameters(_ text: Substring) -> String {
        guard let mark = text.firstIndex(of: "?") else { return String(text) }
        let parameters = text[mark...].dropFirst().split(separator: "&", omittingEmptySubsequences: false)
        let hidden = parameters.map { parameter in
            let key = parameter.prefix { $0 != "=" }
            // An escaped name may be anything's.
            return key.lowercased().contains("password") || key.contains("%") ? "\(key)=***" : "\(parameter)"
        }
        return "\(text[..<mark])?\(hidden.joined(separator: "&"))"
    }
}
