import Curl
import Foundation
import Synchronization

/// What stands before the servers: one address for all banks and one for all retirement servers. It is Caddy, from
/// Debian's package, with the settings of `compose/Caddyfile` but for TLS.
public final class Gateway: Sendable {
    /// How the banks are reached, such as `http://10.77.0.6:8081`.
    public let bankURL: String
    /// How the retirement servers are reached.
    public let retirementURL: String
    /// Where its log is.
    public let logFile: String

    private let host: Network.Host
    private let folder: String
    private let reaper: Reaper
    private let process = Mutex<ChildProcess?>(nil)

    /// Describes a gateway; nothing runs yet.
    init(on host: Network.Host, folder: String, reaper: Reaper) {
        self.host = host
        self.folder = "\(folder)/gateway"
        self.reaper = reaper
        logFile = "\(folder)/gateway.log"
        bankURL = "http://\(host.address):\(Self.ports.bank)"
        retirementURL = "http://\(host.address):\(Self.ports.retirement)"
    }

    static let ports = (bank: 8081, retirement: 8082)
    private static let executable = "/usr/bin/caddy"

    /// Starts it and waits until it passes requests on.
    ///
    /// - Parameters:
    ///   - banks: the servers behind one address.
    ///   - retirements: those behind the other.
    /// - Throws: ``HarnessError``.
    func start(banks: [ServerProcess], retirements: [ServerProcess]) async throws {
        guard access(Self.executable, X_OK) == 0 else {
            throw HarnessError.misuse("there is no gateway: install Debian's package 'caddy'")
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let settings =
            [Self.general, site(Self.ports.bank, banks), site(Self.ports.retirement, retirements)]
            .joined(separator: "\n")
        try settings.write(toFile: "\(folder)/Caddyfile", atomically: true, encoding: .utf8)
        let log = open(logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(log) }
        let command = host.command(
            Self.executable, ["run", "--config", "\(folder)/Caddyfile", "--adapter", "caddyfile"])
        let child = try ChildProcess(
            .init(
                executable: command.executable, arguments: command.arguments,
                // What it wants to keep goes with the folder.
                environment: Surroundings.environment(adding: ["XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder]),
                standardOutput: log, standardError: log),
            watchedBy: reaper)
        process.withLock { $0 = child }
        let visitor = Visitor.program(named: "operator")
        try await waitUntil("the gateway passes requests on", timeout: .seconds(30)) {
            if let status = child.status { throw HarnessError.misuse("the gateway has ended with \(status): \(text)") }
            for url in [bankURL, retirementURL] {
                guard (try? await visitor.get(url + "/livez"))?.status == 200 else { return false }
            }
            return true
        }
    }

    /// Stops it.
    func stop() async {
        guard let child = process.withLock({ $0.take() }) else { return }
        _ = await child.killAndWait()
    }

    /// Its log so far.
    var text: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    private static let general = """
        {
            admin off
            auto_https off
        }
        """

    private func site(_ port: Int, _ servers: [ServerProcess]) -> String {
        let addresses = servers.map { String($0.url.dropFirst("http://".utf8.count)) }
        return """
            http://:\(port) {
                reverse_proxy \(addresses.joined(separator: " ")) {
                    lb_policy least_conn
                    lb_try_duration 10s
                    lb_try_interval 100ms
                    transport http {
                        dial_timeout 1s
                        keepalive 30s
                    }
                    health_uri /readyz
                    health_interval 500ms
                    health_timeout 2s
                }
            }
            """
    }
}
