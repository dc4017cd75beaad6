import ArgumentParser
import Identity

/// The flags about how long a session goes on, and by which refresh tokens.
struct RefreshOptions: ParsableArguments {
    @Option(
        help:
            "How refresh tokens are exchanged: rotation, each good once, or count, good until revoked (SSO_REFRESH; default rotation). The same on all servers."
    )
    var refresh: String?

    @Option(
        help:
            "Seconds in which the refresh token before the newest may come again, for lost answers and several tabs (SSO_REFRESH_GRACE; default 30)."
    )
    var refreshGrace: String?

    @Option(
        help:
            "Seconds after which a session is over, however often it was renewed (SSO_SESSION_MAX; default 2592000, 30 days)."
    )
    var sessionMax: String?
}

extension Settings {
    /// How long a session goes on, and by which refresh tokens.
    struct Refresh: Sendable {
        let rule: RefreshRule
        let sessionLife: Int

        /// What the settings say.
        init(
            _ options: RefreshOptions, _ setting: (String, String?) -> Setting
        ) throws(StartupError) {
            let way = try setting("refresh", options.refresh).choice(of: ["rotation", "count"], default: "rotation")
            let grace = try setting("refresh-grace", options.refreshGrace).number(in: 0...3600, default: 30)
            rule = way == "count" ? .count : .rotation(grace: grace)
            sessionLife = try setting("session-max", options.sessionMax).number(in: 1...315_360_000, default: 2_592_000)
        }
    }
}
