/// How a network is made, and goes.
extension Network {
    static let ip = "/usr/sbin/ip"
    static let tc = "/usr/sbin/tc"
    static let nft = "/usr/sbin/nft"

    private var theSwitch: Host { Host(name: "switch", address: "", namespace: "\(name)-switch") }

    /// The first three numbers of addresses that nobody on this machine has a way to, but the general one.
    static func freePrefix() async throws -> String {
        let routes = try await must(ip, ["-4", "route", "show", "table", "all"])
        while true {
            let prefix = "10.\(Int.random(in: 64..<128)).\(Int.random(in: 0..<256))"
            if !routes.contains("\(prefix).") { return prefix }
        }
    }

    func build() async throws {
        try await addNamespace(theSwitch)
        try await onSwitch(Self.ip, ["link", "add", "bridge", "type", "bridge", "forward_delay", "0"])
        try await onSwitch(Self.ip, ["link", "set", "dev", "bridge", "up"])
        try await onSwitch(Self.nft, [Self.rules])
        for host in hosts {
            try await addNamespace(host)
            try await onHost(host, Self.ip, ["link", "set", "dev", "lo", "up"])
            try await plug(host, interface: "eth0")
        }
        try await plug(outside, interface: name)
    }

    private func addNamespace(_ host: Host) async throws {
        guard let namespace = host.namespace else { return }
        // First the reaper, as it does not matter if it finds nothing.
        reaper.removeInTheEnd(namespace: namespace)
        try await Self.must(Self.ip, ["netns", "add", namespace])
    }

    /// Puts a cable between a host and the switch.
    private func plug(_ host: Host, interface: String) async throws {
        let cable = ["link", "add", interface, "type", "veth", "peer", "name", host.name, "netns", "\(name)-switch"]
        try await onHost(host, Self.ip, cable)
        try await onHost(host, Self.ip, ["address", "add", "\(host.address)/24", "dev", interface])
        try await onHost(host, Self.ip, ["link", "set", "dev", interface, "up"])
        try await onSwitch(Self.ip, ["link", "set", "dev", host.name, "master", "bridge", "up"])
        // Where packets that were given the class 1:10 wait; others pass.
        try await onSwitch(Self.tc, ["qdisc", "add", "dev", host.name, "root", "handle", "1:", "htb"])
    }

    /// Addresses are asked for over links that are cut as well (ARP): where routers are in between, nobody is told by
    /// that either that somebody is gone.
    private static let rules = """
        table bridge sso {
            set cuts { type ifname . ifname; }
            set slowed { type ifname . ifname; }
            chain forward {
                type filter hook forward priority 0; policy accept;
                ether type ip iifname . oifname @cuts drop
                iifname . oifname @slowed meta priority set 1:10
            }
        }
        """

    /// Removes all of it. What still runs in a host keeps its namespace until it ends, with nobody to talk to.
    package func remove() async {
        for host in [theSwitch] + hosts {
            guard let namespace = host.namespace else { continue }
            _ = try? await run(Self.ip, ["netns", "delete", namespace])
        }
    }

    func onSwitch(_ executable: String, _ arguments: [String]) async throws {
        try await onHost(theSwitch, executable, arguments)
    }

    private func onHost(_ host: Host, _ executable: String, _ arguments: [String]) async throws {
        let command = host.command(executable, arguments)
        try await Self.must(command.executable, command.arguments)
    }

    @discardableResult
    private static func must(_ executable: String, _ arguments: [String]) async throws -> String {
        let result = try await run(executable, arguments)
        guard result.status == 0 else {
            throw HarnessError.commandFailed(
                command: ([executable] + arguments).joined(separator: " "), status: result.status,
                standardError: result.standardError)
        }
        return result.standardOutput
    }
}
