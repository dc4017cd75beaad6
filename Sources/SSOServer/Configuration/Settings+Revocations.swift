public import ArgumentParser

/// The flags about revocations of access tokens.
public struct RevocationOptions: ParsableArguments {
    @Option(
        help:
            "Hear of revocations within moments, and refuse the access tokens that they are about: on or off (SSO_REVOCATIONS; default on). Off, an access token lives until it expires."
    )
    var revocations: String?

    @Option(
        help:
            "Seconds without word of revocations, because the database is away, after which the server is not ready (SSO_REVOCATION_GRACE; default 30)."
    )
    var revocationGrace: String?

    @Option(
        help:
            "What becomes of access tokens then: open goes on by their signature alone, closed refuses all with 503 (SSO_REVOCATION_POLICY; default open)."
    )
    var revocationPolicy: String?

    /// No flags given.
    public init() {}
}

extension Settings {
    /// What a server does about revocations of access tokens.
    struct Revocations: Sendable {
        let isOn: Bool
        /// For how many seconds it may hear nothing.
        let grace: Int
        /// Whether it lets nobody in without word of revocations for longer than that.
        let isClosed: Bool

        /// What the settings say.
        ///
        /// - Throws: ``StartupError``. What is wrong is wrong even where all of it is off.
        init(
            _ options: RevocationOptions, _ setting: (String, String?) -> Setting
        ) throws(StartupError) {
            isOn = try setting("revocations", options.revocations).choice(of: ["on", "off"], default: "on") == "on"
            grace = try setting("revocation-grace", options.revocationGrace).number(in: 1...3600, default: 30)
            isClosed =
                try setting("revocation-policy", options.revocationPolicy)
                .choice(of: ["open", "closed"], default: "open") == "closed"
        }
    }
}
