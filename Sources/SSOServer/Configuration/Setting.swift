import Identity

/// One setting: what its flag says, else what its variable says.
struct Setting {
    private let server: String
    private let flag: String
    private let value: String?
    private let isFlag: Bool
    private let variable: String

    init(server: String, flag: String, value: String?, environment: [String: String]) {
        self.server = server
        self.flag = flag
        variable = "SSO_" + flag.uppercased().replacing("-", with: "_")
        isFlag = value != nil
        // An empty variable is one that was not set.
        self.value = value ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    func text(default fallback: String) throws(StartupError) -> String {
        guard let value else { return fallback }
        guard !value.isEmpty, value.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw wrong("is empty or has control characters")
        }
        return value
    }

    func required(cause: String, hint: String) throws(StartupError) -> String {
        guard value != nil else { throw .configuration(cause, hint: hint) }
        return try text(default: "")
    }

    /// What `parse` makes of the value; nil if there is none.
    ///
    /// - Parameter rule: what is said of a value of which it makes nothing.
    func value<Value>(_ rule: String, _ parse: (String) -> Value?) throws(StartupError) -> Value? {
        guard let value else { return nil }
        guard let parsed = parse(value) else { throw wrong(rule) }
        return parsed
    }

    func number(in range: ClosedRange<Int>, default fallback: Int) throws(StartupError) -> Int {
        guard let value else { return fallback }
        guard let number = decimal(value), range.contains(number) else {
            throw wrong("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice(of choices: [String], default fallback: String) throws(StartupError) -> String {
        guard let value else { return fallback }
        guard choices.contains(value) else { throw wrong("is none of \(choices.joined(separator: ", "))") }
        return value
    }

    func origin(default fallback: Origin?) throws(StartupError) -> Origin? {
        guard let value else { return fallback }
        guard let origin = Origin(value) else {
            throw wrong("is not http:// or https:// with a host, a port if need be, and no path")
        }
        return origin
    }

    func scrypt(default fallback: ScryptCost) throws(StartupError) -> ScryptCost {
        guard let value else { return fallback }
        guard let cost = ScryptCost(value) else {
            throw wrong("is not log2 N (1 to 20), r (1 to 32) and p (1 to 16), such as 15,8,3")
        }
        return cost
    }

    /// A domain that cookies may name (RFC 6265 section 5.3): the public URL's host or a parent of it, and not a single
    /// label such as `localhost`, for which browsers refuse cookies.
    func cookieDomain(for publicURL: Origin?) throws(StartupError) -> String? {
        guard let value else { return nil }
        // ASCII labels only, before and after lower-casing: the Kelvin sign becomes a k.
        let domain = value.utf8.allSatisfy { $0 < 0x80 } ? value.lowercased() : ""
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, labels.allSatisfy({ isLabel($0) }), decimal(labels[labels.count - 1]) == nil else {
            throw wrong("is not a domain of two labels or more, such as sso.localhost")
        }
        guard let host = publicURL?.host, host == domain || host.hasSuffix(".\(domain)") else {
            throw wrong("is not the host of --public-url or a parent of it, so browsers would drop the cookies")
        }
        return domain
    }

    func wrong(_ reason: String) -> StartupError {
        StartupError(
            code: isFlag ? .usage : .configuration,
            cause: "the value of \(isFlag ? "--\(flag)" : variable) \(reason)",
            hint: "see '\(server) --help'")
    }
}
