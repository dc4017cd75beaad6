public import ArgumentParser

/// The flag that says how a server stops.
public struct DrainOptions: ParsableArguments {
    @Option(
        help:
            "Seconds that a server told to stop still serves, while it says that it is not ready, so that a gateway sends it nobody any more (SSO_DRAIN; default 0)."
    )
    var drain: String?

    /// No flags given.
    public init() {}

    /// How many seconds.
    ///
    /// - Throws: ``StartupError``.
    func seconds(_ setting: (_ flag: String, _ value: String?) -> Setting) throws(StartupError) -> Int {
        try setting("drain", drain).number(in: 0...3600, default: 0)
    }
}
