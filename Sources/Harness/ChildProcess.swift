import Foundation
import Synchronization

/// One process that we started, and that is always waited for.
///
/// `posix_spawn` rather than Foundation's `Process`, because inheritance has to be exact: a child gets three
/// descriptors and nothing else, so that no server keeps another one's pipe open.
final class ChildProcess: Sendable {
    /// What to start, and with what.
    struct Launch {
        var executable: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        /// Descriptors for the child's standard streams; nil is `/dev/null`.
        var standardInput: Int32?
        var standardOutput: Int32?
        var standardError: Int32?
        var workingDirectory: String?
        /// A session of its own, out of reach of the terminal; otherwise only a process group of its own.
        var ownSession = false
    }

    let processID: pid_t
    private let ended = Mutex<ExitStatus?>(nil)
    private let exit = DispatchGroup()

    /// Starts the process.
    ///
    /// - Parameter reaper: Kills the process should this program be gone before it.
    /// - Throws: ``HarnessError/system(call:code:)``.
    init(_ launch: Launch, watchedBy reaper: Reaper? = nil) throws(HarnessError) {
        processID = try spawn(launch)
        // Before the thread starts, which takes it back: a short-lived process may have ended already.
        reaper?.watch(processID)
        exit.enter()
        // The reaper weakly, or a running process would keep it waiting after its owner dropped it.
        Thread.detachNewThread { [self, weak reaper] in
            var information = siginfo_t()
            // WNOWAIT leaves the process a zombie, so its id stays taken while the reaper is told.
            while waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
            reaper?.forget(processID)
            ended.withLock { ended in
                var status: Int32 = 0
                while waitpid(processID, &status, 0) == -1, errno == EINTR {}
                ended = ExitStatus(waitStatus: status)
            }
            exit.leave()
        }
    }

    /// How it ended, or nil while it runs.
    var status: ExitStatus? { ended.withLock { $0 } }

    /// Sends a signal, unless the process has ended: its id may be another's then.
    func signal(_ number: Int32) {
        ended.withLock { if $0 == nil { _ = kill(processID, number) } }
    }

    /// Waits for the end; nil if it has not come in time. Being cancelled does not shorten the wait,
    /// because what stops a process has to see it stopped.
    func waitForExit(timeout: DispatchTimeInterval) async -> ExitStatus? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                _ = exit.wait(timeout: .now() + timeout)
                continuation.resume(returning: status)
            }
        }
    }

    /// Sends SIGTERM, waits, and sends SIGKILL if the process has not ended in time.
    func terminate(patience: DispatchTimeInterval) async -> ExitStatus {
        signal(SIGTERM)
        // One that was stopped by a signal would not see SIGTERM before it goes on.
        signal(SIGCONT)
        if let status = await waitForExit(timeout: patience) { return status }
        return await killAndWait()
    }

    /// Sends SIGKILL and waits for the end.
    func killAndWait() async -> ExitStatus {
        signal(SIGKILL)
        // Nothing withstands SIGKILL, but a process may be held up in the kernel for a while.
        while true {
            if let status = await waitForExit(timeout: .seconds(60)) { return status }
        }
    }
}

private func spawn(_ launch: ChildProcess.Launch) throws(HarnessError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let streams = [launch.standardInput, launch.standardOutput, launch.standardError]
    for (target, source) in zip(Int32(0)..., streams) {
        if let source {
            posix_spawn_file_actions_adddup2(&actions, source, target)
        } else {
            posix_spawn_file_actions_addopen(&actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0)
        }
    }
    GNU.closeAll(from: 3, &actions)
    if let directory = launch.workingDirectory { try GNU.changeDirectory(directory, &actions) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A child starts with no signal blocked or ignored, whatever this program does with them.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let group = launch.ownSession ? GNU.setSession : POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))

    let arguments = ([launch.executable] + launch.arguments).map { strdup($0) } + [nil]
    let environment = launch.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var processID: pid_t = 0
    let code = posix_spawn(&processID, launch.executable, &actions, &attributes, arguments, environment)
    guard code == 0 else { throw .system(call: "cannot start \(launch.executable)", code: code) }
    return processID
}

/// What glibc has beyond POSIX. Its Swift module hides it, because its headers do without `_GNU_SOURCE`.
private enum GNU {
    /// `POSIX_SPAWN_SETSID` of glibc's `spawn.h`.
    static let setSession: Int32 = 0x80

    /// Where there is no such function (before glibc 2.34), children get what other code left open without
    /// close-on-exec; what this module opens always has it.
    static func closeAll(from first: Int32, _ actions: inout posix_spawn_file_actions_t) {
        typealias Function = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
        _ = unsafeBitCast(symbol, to: Function.self)(&actions, first)
    }

    static func changeDirectory(
        _ path: String, _ actions: inout posix_spawn_file_actions_t
    ) throws(HarnessError) {
        typealias Function =
            @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else {
            throw .system(call: "start in \(path)", code: ENOSYS)
        }
        _ = unsafeBitCast(symbol, to: Function.self)(&actions, path)
    }
}
