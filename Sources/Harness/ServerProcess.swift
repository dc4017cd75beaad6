public import Foundation
import Synchronization

/// One running server: the real executable, on a port of 127.0.0.1, or on a host of a ``Network``.
///
/// It is made by a ``Cluster``, or by whoever drives another server. It may be stopped, killed and started again at will.
public final class ServerProcess: Sendable {
    /// What it is called: as its executable, `bank`, `retirement` or another, where there is one of each; else as its host.
    public let name: String
    /// The command line after the name.
    public let arguments: [String]
    /// Where its standard error goes, over restarts too.
    public let logFile: String
    /// How browsers reach it, such as `http://127.0.0.1:8081`.
    public let url: String
    /// The port it listens on.
    public let port: Int

    private let executable: String
    private let network: Network.Host?
    private let environment: [String: String]
    private let outputFile: String
    private let readyLine: String
    private let reaper: Reaper
    private let child = Mutex<ChildProcess?>(nil)

    /// Describes a server; nothing runs yet.
    ///
    /// - Parameters:
    ///   - executable: What is started; nil is what it is called.
    ///   - network: The host on which it runs; nil is this machine.
    ///   - readyLine: How the line begins that it prints when it is ready; nil is that of our servers.
    package init(
        name: String, executable: String? = nil, host: String, in network: Network.Host? = nil, port: Int,
        arguments: [String], environment: [String: String],
        executables: String?, folder: String, reaper: Reaper, readyLine: String? = nil
    ) {
        self.name = name
        self.port = port
        self.arguments = arguments
        self.network = network
        self.environment = environment
        self.reaper = reaper
        self.readyLine = readyLine ?? "\(executable ?? name): listening on http"
        url = "http://\(host):\(port)"
        self.executable = Surroundings.path(of: executable ?? name, in: executables)
        logFile = "\(folder)/\(name).log"
        outputFile = "\(folder)/\(name).out"
    }

    /// The id of the process, or nil while it does not run.
    public var processID: pid_t? { runningChild?.processID }

    /// Whether it runs: started and not ended, by itself or otherwise.
    public var isRunning: Bool { runningChild != nil }

    /// How it ended when it last did; nil while it runs, or if it was never started.
    public var exitStatus: ExitStatus? { child.withLock { $0?.status } }

    /// Its log so far, over restarts too.
    public var standardError: String { text(of: logFile) }

    /// What it wrote to standard output since it was last started.
    public var standardOutput: String { text(of: outputFile) }

    /// Starts it and waits for its ready line, up to 60 seconds.
    ///
    /// - Throws: ``HarnessError/serverDidNotStart(name:reason:log:)``; then it does not run.
    public func start() async throws {
        let started = try launch()
        do {
            try await waitUntilReady(started)
        } catch {
            _ = await started.killAndWait()
            throw error
        }
    }

    /// Asks it to end (SIGTERM), and kills it if it has not after 15 seconds.
    ///
    /// - Returns: How it ended, now or before; nil if it was never started. A server that ends in order gives 0.
    @discardableResult
    public func stop() async -> ExitStatus? {
        await currentChild?.terminate(patience: .seconds(15))
    }

    /// Kills it (SIGKILL), as a crash or a power cut of one machine would, and waits until it is gone.
    ///
    /// - Returns: How it ended, now or before; nil if it was never started.
    @discardableResult
    public func kill() async -> ExitStatus? {
        await currentChild?.killAndWait()
    }

    /// Stops it in order, if it runs, and starts it on the same port.
    public func restart() async throws {
        await stop()
        try await start()
    }

    /// Sends a signal, such as SIGHUP, if it runs.
    public func signal(_ number: Int32) {
        currentChild?.signal(number)
    }

    /// The last lines of the log.
    func endOfLog(lines: Int) -> String {
        standardError.split(separator: "\n", omittingEmptySubsequences: false).suffix(lines).joined(separator: "\n")
    }

    private var currentChild: ChildProcess? { child.withLock { $0 } }

    private var runningChild: ChildProcess? { currentChild.flatMap { $0.status == nil ? $0 : nil } }

    private func launch() throws -> ChildProcess {
        try child.withLock { child in
            guard child == nil || child?.status != nil else {
                throw HarnessError.misuse("\(name) is started, but runs already")
            }
            let output = try openFile(outputFile, flags: O_TRUNC)
            let log = try openFile(logFile, flags: O_APPEND)
            let command = network?.command(executable, arguments) ?? (executable, arguments)
            let launch = ChildProcess.Launch(
                executable: command.0, arguments: command.1, environment: environment,
                standardOutput: output.fileDescriptor, standardError: log.fileDescriptor)
            let started = try ChildProcess(launch, watchedBy: reaper)
            child = started
            return started
        }
    }

    private func waitUntilReady(_ started: ChildProcess) async throws {
        do {
            try await waitUntil("\(name) prints its ready line", timeout: .seconds(60)) {
                // Only whole lines: what has no line end may still be on its way.
                if standardOutput.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    .contains(where: { $0.hasPrefix(readyLine) })
                {
                    return true
                }
                if let status = started.status { throw didNotStart("it ended with \(status)") }
                return false
            }
        } catch HarnessError.timedOut {
            throw didNotStart("no line '\(readyLine)…' on its standard output within 60 seconds")
        }
    }

    private func didNotStart(_ reason: String) -> HarnessError {
        .serverDidNotStart(name: name, reason: reason, log: endOfLog(lines: 50))
    }

    private func text(of file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }

    private func openFile(_ path: String, flags: Int32) throws(HarnessError) -> FileHandle {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open \(path)", code: errno) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
