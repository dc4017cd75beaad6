import ArgumentParser

/// How far clocks may differ.
struct ClockOptions: ParsableArguments {
    @Option(help: "Seconds by which another server's clock may be ahead of this one's (SSO_LEEWAY; default 5).")
    var leeway: String?
}

extension Setting {
    /// Seconds: none, or up to a minute. Who needs more has clocks to mend.
    func leeway() throws(StartupError) -> Int { try number(in: 0...60, default: 5) }
}
