public import ArgumentParser

/// The flags that say who may speak for others.
public struct ProxyOptions: ParsableArguments {
    @Option(
        help:
            "Addresses of proxies, with commas between them, such as 10.0.0.0/8,::1: only they may say in headers where a request came from (SSO_TRUSTED_PROXIES; default none)."
    )
    var trustedProxies: String?

    @Option(
        help:
            "The header in which these proxies say it; the other one is not read: x-forwarded-for or forwarded (SSO_FORWARDED_HEADER; default x-forwarded-for)."
    )
    var forwardedHeader: String?

    /// No flags given.
    public init() {}
}

extension TrustedProxies {
    /// What the settings say.
    ///
    /// - Throws: ``StartupError``.
    init(_ options: ProxyOptions, _ setting: (_ flag: String, _ value: String?) -> Setting) throws(StartupError) {
        let ranges = try setting("trusted-proxies", options.trustedProxies)
            .value("is no list of addresses and ranges such as 10.0.0.0/8,::1, without bits after the prefix") { text in
                let parts = text.split(separator: ",", omittingEmptySubsequences: false)
                let ranges = parts.compactMap { AddressRange($0) }
                return ranges.count == parts.count ? ranges : nil
            }
        let form = try setting("forwarded-header", options.forwardedHeader)
            .choice(of: ["x-forwarded-for", "forwarded"], default: "x-forwarded-for")
        self.init(ranges ?? [], form: Form(rawValue: form) ?? .xForwardedFor)
    }
}
