import Foundation

/// A child that cleans up when this program is gone, however it went: `kill -9` included.
///
/// It is a shell that reads from a socket of which only we hold the other end. When we end, the kernel closes ours,
/// and the shell kills the processes it was told to watch and removes the namespaces and the folder it was given.
package final class Reaper: Sendable {
    private let connection: Int32

    /// For processes that belong to no cluster; it ends with this program.
    static let ofProgram = Result { () throws(HarnessError) in try Reaper(removing: nil) }

    /// Starts the reaper.
    ///
    /// - Parameter folder: A folder to remove in the end, with all that is in it, or nil.
    package init(removing folder: String?) throws(HarnessError) {
        // A socket and not a pipe: writing to it cannot raise SIGPIPE, should the shell have been killed.
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw .system(call: "socketpair", code: errno)
        }
        defer { close(ends[1]) }
        do {
            // Its thread waits for it; nobody else has to.
            _ = try ChildProcess(
                .init(
                    executable: "/bin/sh", arguments: ["-c", Self.script, "reaper"] + (folder.map { [$0] } ?? []),
                    environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], standardInput: ends[1], ownSession: true))
        } catch {
            close(ends[0])
            throw error
        }
        connection = ends[0]
    }

    deinit { close(connection) }

    /// Has the process killed when this program is gone.
    func watch(_ processID: pid_t) { send("watch \(processID)\n") }

    /// Takes that back. To be called before the process is reaped: from then on its id may be another's.
    func forget(_ processID: pid_t) { send("forget \(processID)\n") }

    /// Has a network namespace removed when this program is gone, and is silent if there is none by then.
    func removeInTheEnd(namespace: String) { send("namespace \(namespace)\n") }

    private func send(_ line: String) {
        let bytes = Array(line.utf8)
        // So short a line goes out as a whole; without a reaper there is nobody to tell.
        _ = Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Ctrl-C does not reach it, since it has a session of its own; a plain `kill` finds it deaf.
    /// The folder is tried again, since a process that is being killed may still make files in it.
    private static let script = """
        trap '' HUP INT QUIT TERM
        watched=
        namespaces=
        while read -r word id; do
            case $word in
            watch) watched="$watched $id" ;;
            namespace) namespaces="$namespaces $id" ;;
            forget)
                rest=
                for each in $watched; do [ "$each" = "$id" ] || rest="$rest $each"; done
                watched=$rest ;;
            esac
        done
        for each in $watched; do kill -KILL "$each" 2>/dev/null; done
        for each in $namespaces; do ip netns delete "$each" 2>/dev/null; done
        [ $# -eq 0 ] && exit
        for attempt in 1 2 3 4 5; do
            rm -rf -- "$1" && sleep 0.2
            [ -e "$1" ] || exit 0
        done
        """
}
