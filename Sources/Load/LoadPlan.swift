public import Curl

/// What is sent, where to, and how fast.
public struct LoadPlan: Sendable {
    /// Who visits.
    public enum People: Sendable {
        /// So many new ones, who register first. They stay registered.
        case new(Int)
        /// These, who are registered already.
        case known([Account])
    }

    /// A name and its password.
    public struct Account: Sendable, Equatable {
        /// The user name.
        public let name: String
        /// The password.
        public let password: String

        /// An account that exists, or is to be made.
        public init(name: String, password: String) {
            self.name = name
            self.password = password
        }

        /// Reads one line: a name, a space, and the password, which may have spaces itself. Nil if it is none.
        public init?(line: some StringProtocol) {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            self.init(name: String(parts[0]), password: String(parts[1]))
        }
    }

    /// The servers.
    public var targets: Targets
    /// How many requests begin in a second, whether or not those before were answered.
    public var rate: Double
    /// For how many seconds requests begin. Then the last answers are waited for.
    public var seconds: Double
    /// Which requests.
    public var mix = Mix.standard
    /// Who visits.
    public var people = People.new(100)
    /// What the order of kinds, visitors and servers is drawn from.
    public var seed: UInt64 = 0
    /// How many connections are open at once at most.
    public var connections = 256
    /// How requests are sent: timeouts, certificates.
    public var options = Client.Options()

    /// A plan with the standard mix and a hundred new visitors.
    public init(targets: Targets, rate: Double, seconds: Double) {
        self.targets = targets
        self.rate = rate
        self.seconds = seconds
    }

    /// How many requests that makes: at least one.
    public var requests: Int { max(1, Int((rate * seconds).rounded())) }
}

/// Why load could not begin.
public struct LoadError: Error, CustomStringConvertible {
    /// The cause, in lower case.
    public let description: String
}
