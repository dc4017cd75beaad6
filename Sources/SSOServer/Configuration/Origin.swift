import Foundation

/// A web origin (RFC 6454): scheme, host and port, as browsers write it in `Origin`.
struct Origin: Equatable, Sendable, CustomStringConvertible {
    let scheme: String
    /// In lower case.
    let host: String
    let port: Int

    var isSecure: Bool { scheme == "https" }

    /// As in the `Origin` header: without the scheme's default port.
    var description: String {
        let isDefault = port == (isSecure ? 443 : 80)
        return isDefault ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }

    init(scheme: String, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Reads `http://HOST[:PORT]` or `https://…`, with or without a `/` at the end; nil for anything else.
    init?(_ text: String) {
        // ASCII first: in lower case, the Kelvin sign is a k.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var rest = Substring(text.lowercased())
        guard let scheme = ["http", "https"].first(where: { rest.hasPrefix("\($0)://") }) else { return nil }
        rest = rest.dropFirst(scheme.count + 3)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var port = scheme == "https" ? 443 : 80
        // In an IPv6 address, the colons before the bracket are not the port's.
        let afterHost = rest.lastIndex(of: "]").map { rest[$0...] } ?? rest
        if let colon = afterHost.lastIndex(of: ":") {
            guard let number = decimal(rest[rest.index(after: colon)...]), (1...65_535).contains(number) else {
                return nil
            }
            port = number
            rest = rest[..<colon]
        }
        guard Self.isHost(rest) else { return nil }
        self.init(scheme: scheme, host: String(rest), port: port)
    }

    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            var address = in6_addr()
            return inet_pton(AF_INET6, String(text.dropFirst().dropLast()), &address) == 1
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { isLabel($0) }
    }
}

/// Whether `text` is one label of a host name: letters, digits and inner hyphens, in lower case.
func isLabel(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.count <= 63 && !text.hasPrefix("-") && !text.hasSuffix("-")
        && text.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) }
}

/// A whole number of digits only; `Int("+5")` and `Int("٣")` are no such thing.
func decimal(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
}
