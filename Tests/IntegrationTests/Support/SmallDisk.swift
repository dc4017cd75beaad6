import Foundation
import Harness
import Testing

/// A disk of a few megabytes that only one cluster's servers see: a file system in memory, in a mount namespace of
/// their own. It goes when they go. Root may make one; others may in a user namespace of their own, where the system
/// lets them.
struct SmallDisk {
    /// Where the servers see it.
    let path: String
    /// Where everybody else does.
    let outside: String

    private let executables: String
    private let folder: String

    /// Gives a cluster whose database is on a small disk.
    static func with(megabytes: Int, _ body: (Stage, SmallDisk) async throws -> Void) async throws {
        let folder = try Surroundings.makeTemporaryFolder()
        let holder = try await hold(folder, megabytes)
        do {
            let process = try #require(holder.processID)
            let disk = SmallDisk(
                path: "\(folder)/disk", outside: "/proc/\(process)/root\(folder)/disk",
                executables: try makeExecutables(in: folder, process), folder: folder)
            var options = Cluster.Options()
            options.executables = disk.executables
            options.arguments = ["--attempt-limits", "off"]
            options.database = "sqlite:\(disk.path)/sso.sqlite"
            try await Cluster.with(options) { cluster in
                try await body(Stage(cluster: cluster, here: cluster.bank, there: cluster.retirement), disk)
            }
        } catch {
            await holder.kill()
            throw error
        }
        await holder.kill()
    }

    /// The database as it is now, when nobody writes: a copy, since SQLite would follow the path outside to where the
    /// disk is not.
    func database() throws -> ClusterDatabase {
        let copy = "\(folder)/copy-\(UUID().uuidString)"
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: "\(outside)/sso.sqlite\(suffix)", toPath: copy + suffix)
        }
        return ClusterDatabase(url: "sqlite:\(copy)")
    }

    /// Takes all room that is left.
    func fill() throws {
        let file = try FileHandle(forWritingTo: createdFiller())
        try file.seekToEnd()
        // Page by page: a larger piece would leave some.
        while (try? file.write(contentsOf: Data(count: 4096))) != nil {}
        try file.close()
    }

    /// Gives the room back.
    func free() throws { try FileManager.default.removeItem(atPath: filler) }

    private var filler: String { "\(outside)/filler" }

    private func createdFiller() throws -> URL {
        if !FileManager.default.fileExists(atPath: filler) {
            try #require(FileManager.default.createFile(atPath: filler, contents: nil))
        }
        return URL(fileURLWithPath: filler)
    }

    /// Runs a command in the servers' namespace.
    func run(_ command: String...) async throws {
        let result = try await Harness.run("\(executables)/enter", command)
        try #require(result.status == 0, "\(command): \(result.standardError)")
    }

    /// A process that keeps the namespace with the disk.
    private static func hold(_ folder: String, _ megabytes: Int) async throws -> ServerProcess {
        try FileManager.default.createDirectory(atPath: "\(folder)/disk", withIntermediateDirectories: false)
        let mount =
            "mount -t tmpfs -o size=\(megabytes)m,mode=700 tmpfs '\(folder)/disk' && echo mounted && exec sleep inf"
        let holder = ServerProcess(
            name: "unshare", host: "127.0.0.1", port: 0,
            arguments: [geteuid() == 0 ? "--mount" : "--map-root-user", "--mount", "sh", "-c", mount],
            environment: Surroundings.environment(adding: [:]), executables: "/usr/bin", folder: folder,
            reaper: try Reaper(removing: folder), readyLine: "mounted")
        do {
            try await holder.start()
        } catch {
            throw HarnessError.misuse(
                "a small disk cannot be mounted here: run this as root, or where users may have namespaces of their own "
                    + "(kernel.unprivileged_userns_clone); \(error)")
        }
        return holder
    }

    /// The servers' executables as scripts that enter the namespace first.
    private static func makeExecutables(in folder: String, _ process: pid_t) throws -> String {
        let user = geteuid() == 0 ? "" : "--user --preserve-credentials"
        let enter = "exec /usr/bin/nsenter --target \(process) \(user) --mount --"
        let bin = try Executables.wrapped(in: folder) { "\(enter) '\($0)' \"$@\"" }
        try Executables.make("\(bin)/enter", "\(enter) \"$@\"")
        return bin
    }
}
