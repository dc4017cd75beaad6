public import ArgumentParser
import Identity

/// The flags that say how often passwords may be tried.
public struct AttemptOptions: ParsableArguments {
    @Option(
        help:
            "Limit failed attempts to sign in and to change a password, new users, links by mail and mails, counted over both servers: on or off (SSO_ATTEMPT_LIMITS; default on)."
    )
    var attemptLimits: String?

    @Option(
        help:
            "How many attempts at one account may fail at once, and in how many seconds one more may when the delay has grown to its end (SSO_ATTEMPTS_PER_ACCOUNT; default 10,30)."
    )
    var attemptsPerAccount: String?

    @Option(
        help:
            "How many attempts from one address may fail at once, and in how many seconds one more may; users are added as many at once, then a tenth as often (SSO_ATTEMPTS_PER_ADDRESS; default 100,1)."
    )
    var attemptsPerAddress: String?

    /// No flags given.
    public init() {}
}

extension AttemptLimits {
    /// What the three settings say; nil if they say that there are none.
    ///
    /// - Throws: ``StartupError``. What is wrong is wrong even where limits are off.
    init?(
        _ options: AttemptOptions, _ setting: (_ flag: String, _ value: String?) -> Setting
    ) throws(StartupError) {
        let standard = AttemptLimits.standard
        let account = try setting("attempts-per-account", options.attemptsPerAccount)
            .pair(default: (standard.accountBurst, standard.accountSeconds))
        let place = try setting("attempts-per-address", options.attemptsPerAddress)
            .pair(default: (standard.placeBurst, standard.placeSeconds))
        self.init(
            accountBurst: account.0, accountSeconds: account.1, placeBurst: place.0, placeSeconds: place.1)
        let isOn = try setting("attempt-limits", options.attemptLimits).choice(of: ["on", "off"], default: "on")
        if isOn == "off" { return nil }
    }
}

extension Setting {
    /// A number of attempts from 1 to 10,000 and of seconds from 1 to 3,600, such as `10,30`.
    fileprivate func pair(default fallback: (Int, Int)) throws(StartupError) -> (Int, Int) {
        let text = try text(default: "\(fallback.0),\(fallback.1)")
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { decimal($0) }
        guard parts.count == 2, let number = parts[0], let seconds = parts[1], (1...10_000).contains(number),
            (1...3_600).contains(seconds)
        else {
            throw wrong("is not a number of attempts (1 to 10000) and of seconds (1 to 3600), such as 10,30")
        }
        return (number, seconds)
    }
}
