import Foundation
import Synchronization

/// Several hosts on this machine: each a network namespace of its own with an address of its own, on one switch, and
/// between any two of them the link can be cut, slowed and healed.
///
/// The switch is a bridge in one more namespace, so nothing of the machine's own settings or firewall is touched. Of the
/// machine's own there is one interface, through which this program is the host ``outside``.
///
/// Nothing is left behind: should this program end without ``remove()``, its reaper removes the namespaces, and with them
/// goes all that is in them. This takes Linux, root, and Debian's packages `iproute2`, `nftables` and `util-linux`.
public final class Network: Sendable {
    /// One host of a network.
    public struct Host: Sendable, Hashable {
        /// What it is called; also its port's name at the switch.
        public let name: String
        /// Its address, such as `10.77.0.2`.
        public let address: String
        /// The namespace; nil is the machine's own.
        let namespace: String?

        /// The command that does the same in this host.
        func command(
            _ executable: String, _ arguments: [String]
        ) -> (executable: String, arguments: [String]) {
            guard let namespace else { return (executable, arguments) }
            return ("/usr/bin/nsenter", ["--net=/run/netns/\(namespace)", executable] + arguments)
        }
    }

    /// This program, and everything else on this machine.
    public let outside: Host
    /// The hosts that were asked for, in that order.
    public let hosts: [Host]
    /// All addresses of the network, such as `10.77.0.0/24`.
    public let subnet: String

    let name: String
    let reaper: Reaper

    /// Why no network can be made here, or nil.
    public static var obstacle: String? {
        if geteuid() != 0 { return "network namespaces need root" }
        let programs: [String] = [ip, nft, tc, "/usr/bin/nsenter"]
        let missing = programs.filter { access($0, X_OK) != 0 }
        return missing.isEmpty
            ? nil : "missing: \(missing.joined(separator: ", ")), of the packages iproute2, nftables and util-linux"
    }

    /// Makes a network of these hosts.
    ///
    /// - Parameters:
    ///   - names: at most 200, of at most 15 bytes each.
    ///   - reaper: removes it should this program be gone.
    /// - Throws: ``HarnessError``; then nothing is left of it.
    package static func make(_ names: [String], watchedBy reaper: Reaper) async throws -> Network {
        if let obstacle { throw HarnessError.misuse(obstacle) }
        let network = Network(names, prefix: try await freePrefix(), reaper: reaper)
        do {
            try await network.build()
        } catch {
            await network.remove()
            throw error
        }
        return network
    }

    private static let numbers = Mutex(0)

    private init(_ names: [String], prefix: String, reaper: Reaper) {
        let number = Self.numbers.withLock { number in
            number += 1
            return number
        }
        // Two runs at once never meet: a name holds the process's id.
        let name = "sso-\(getpid())-\(number)"
        self.name = name
        self.reaper = reaper
        subnet = "\(prefix).0/24"
        hosts = names.enumerated().map { index, host in
            Host(name: host, address: "\(prefix).\(index + 1)", namespace: "\(name)-\(host)")
        }
        outside = Host(name: "outside", address: "\(prefix).254", namespace: nil)
    }

    /// The host of that name.
    ///
    /// - Throws: ``HarnessError/misuse(_:)`` if there is none.
    public func host(_ name: String) throws(HarnessError) -> Host {
        guard let host = hosts.first(where: { $0.name == name }) else {
            throw .misuse("there is no host \(name)")
        }
        return host
    }

    // MARK: Links

    /// Cuts two hosts off from each other: what one sends does not come to the other, and nobody is told. That is how a
    /// cable, a switch or a firewall fails: no FIN, no RST, no ICMP.
    ///
    /// - Throws: ``HarnessError``.
    public func cut(_ one: Host, _ other: Host) async throws {
        try await change("add", "cuts", [(one, other)])
    }

    /// Cuts a host off from all others, this program included.
    ///
    /// - Throws: ``HarnessError``.
    public func cut(_ host: Host) async throws {
        try await change("add", "cuts", others(than: host).map { (host, $0) })
    }

    /// Lets two hosts reach each other again, as fast as ever.
    ///
    /// - Throws: ``HarnessError``.
    public func heal(_ one: Host, _ other: Host) async throws {
        // A set does not give back what it does not have.
        for set in ["cuts", "slowed"] {
            try await change("add", set, [(one, other)])
            try await change("delete", set, [(one, other)])
        }
    }

    /// Lets all hosts reach each other again, as fast as ever.
    ///
    /// - Throws: ``HarnessError``.
    public func heal() async throws {
        for set in ["cuts", "slowed"] { try await onSwitch(Self.nft, ["flush", "set", "bridge", "sso", set]) }
    }

    /// Makes the link between two hosts slow both ways: packets wait until those before them have gone at this rate. So
    /// one of 200 bytes takes 25 ms at 64,000 bits a second, and longer when more is on its way. Links with a delay that
    /// is the same for each packet (netem) are not in every kernel.
    ///
    /// All slow links of a host share the rate towards it.
    ///
    /// - Throws: ``HarnessError``.
    public func slow(_ one: Host, _ other: Host, bitsPerSecond: Int) async throws {
        for host in [one, other] {
            // A burst below any packet's size: each has to wait for its own length.
            try await onSwitch(
                Self.tc,
                [
                    "class", "replace", "dev", host.name, "parent", "1:", "classid", "1:10", "htb",
                    "rate", "\(bitsPerSecond)bit", "burst", "64", "cburst", "64", "quantum", "1600",
                ])
        }
        try await change("add", "slowed", [(one, other)])
    }

    private func others(than host: Host) -> [Host] { (hosts + [outside]).filter { $0 != host } }

    /// Changes a set of the switch's rules, for both directions.
    private func change(_ verb: String, _ set: String, _ pairs: [(Host, Host)]) async throws {
        let elements = pairs.flatMap { one, other in
            ["\"\(one.name)\" . \"\(other.name)\"", "\"\(other.name)\" . \"\(one.name)\""]
        }
        try await onSwitch(
            Self.nft, [verb, "element", "bridge", "sso", set, "{ \(elements.joined(separator: ", ")) }"])
    }
}
