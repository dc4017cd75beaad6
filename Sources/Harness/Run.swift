import Foundation

/// What a command left.
public struct RunResult: Sendable {
    /// How it ended; compare with a plain number for an exit status.
    public let status: ExitStatus
    /// What it wrote to standard output, as UTF-8; other bytes become U+FFFD.
    public let standardOutput: String
    /// What it wrote to standard error, as UTF-8; other bytes become U+FFFD.
    public let standardError: String
}

/// Runs a command and waits for its end, whatever its status.
///
/// - Parameters:
///   - executable: A name, looked up in the folder of the running program, or a path with a slash.
///   - environment: Added to ours, from which every variable that starts with `SSO_` was taken.
///   - input: What it reads on standard input; nil is nothing.
///   - workingDirectory: Where it runs; nil is our own.
///   - timeout: After this it is killed.
/// - Throws: ``HarnessError`` if it cannot be started or did not end in time; `CancellationError` if cancelled,
///   and then the command is killed too.
public func run(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8]? = nil,
    workingDirectory: String? = nil, timeout: Duration = .seconds(60)
) async throws -> RunResult {
    // Files rather than pipes: nobody has to read while the command writes.
    let output = try Surroundings.openNamelessFile()
    let errors = try Surroundings.openNamelessFile()
    let inputFile = try input.map { bytes in
        let file = try Surroundings.openNamelessFile()
        try file.write(contentsOf: Data(bytes))
        try file.seek(toOffset: 0)
        return file
    }
    let launch = ChildProcess.Launch(
        executable: Surroundings.path(of: executable), arguments: arguments,
        environment: Surroundings.environment(adding: environment), standardInput: inputFile?.fileDescriptor,
        standardOutput: output.fileDescriptor, standardError: errors.fileDescriptor,
        workingDirectory: workingDirectory)
    let child = try ChildProcess(launch, watchedBy: try Reaper.ofProgram.get())
    let status = await withTaskCancellationHandler {
        await child.waitForExit(timeout: .milliseconds(timeout.wholeMilliseconds))
    } onCancel: {
        child.signal(SIGKILL)
    }
    guard let status else {
        _ = await child.killAndWait()
        throw HarnessError.timedOut(what: "\(executable) ends", after: timeout)
    }
    try Task.checkCancellation()
    return RunResult(status: status, standardOutput: try output.wholeText(), standardError: try errors.wholeText())
}

extension FileHandle {
    fileprivate func wholeText() throws -> String {
        // The child shares our position in the file.
        try seek(toOffset: 0)
        return String(decoding: try readToEnd() ?? Data(), as: UTF8.self)
    }
}

extension Duration {
    /// Whole milliseconds, at most about 24 days.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(min(max(seconds, 0), 2_000_000)) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
