/// The servers that are asked: replicas of the bank and of the retirement server, or gateways before them.
public struct Targets: Sendable, Equatable {
    /// One address, such as `https://bank.example.com`, and where its visitors find their own data.
    struct Target: Sendable, Equatable {
        let url: String
        let dataPath: String
    }

    private(set) var all: [Target]

    /// The addresses of both kinds of server; nil if there is none, or one is not `http://` or `https://` with a host and
    /// neither path nor anything else.
    public init?(banks: [String], retirements: [String]) {
        let all =
            banks.map { Target(url: $0, dataPath: "/api/accounts") }
            + retirements.map { Target(url: $0, dataPath: "/api/plan") }
        guard !all.isEmpty, all.allSatisfy({ Self.host(of: $0.url) != nil }) else { return nil }
        self.all = all
    }

    /// The same servers, where visitors who browse ask only who they are: what that takes is the check of a token.
    public var checkingOnly: Targets {
        var targets = self
        targets.all = all.map { Target(url: $0.url, dataPath: "/api/me") }
        return targets
    }

    /// The addresses that are not on this machine: whoever sends many requests there should be sure to be allowed to.
    public var foreign: [String] {
        all.map(\.url).filter { !Self.host(of: $0).map(Self.isLoopback, default: false) }
    }

    /// The host of an address, in lower case and without brackets.
    static func host(of url: String) -> String? {
        let lower = url.utf8.allSatisfy { $0 > 32 && $0 < 127 } ? url.lowercased() : ""
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        let rest = lower.dropFirst(scheme.count)
        // A user name before an @ would make another host look like ours.
        guard !rest.contains(where: { "/?#@\\".contains($0) }) else { return nil }
        let match = rest.wholeMatch(of: /(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?/)
        return (match?.1 ?? match?.2).map(String.init)
    }

    static func isLoopback(_ host: String) -> Bool {
        if host == "::1" || host == "localhost" || host.hasSuffix(".localhost") { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

extension Optional {
    fileprivate func map<Value>(_ transform: (Wrapped) -> Value, default fallback: Value) -> Value {
        map(transform) ?? fallback
    }
}
