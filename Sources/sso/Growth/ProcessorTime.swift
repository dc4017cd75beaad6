import Foundation

/// What processes have taken of the processors, in seconds, as Linux tells.
enum ProcessorTime {
    /// Of one process since it began, all its threads together.
    static func of(_ id: pid_t) throws -> Double {
        var (clock, time) = (clockid_t(), timespec())
        // To the nanosecond, where /proc/PID/stat counts in hundredths of a second.
        guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw Failure("process \(id) does not tell its processor time", hint: "see whether it still runs")
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Of a process and its children: of those too that have ended and were waited for.
    static func ofFamily(_ id: pid_t) throws -> Double {
        guard let parent = Stat(id) else {
            throw Failure("process \(id) does not tell its processor time", hint: "this needs Linux")
        }
        let ids = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
        // One that has just ended is in its parent's sum, or will be.
        let children = ids.filter { Stat($0)?.parent == id }.compactMap { try? of($0) }
        return try of(id) + parent.endedChildren + children.reduce(0, +)
    }

    /// What is needed of `/proc/PID/stat`.
    private struct Stat {
        let parent: pid_t
        let endedChildren: Double

        init?(_ id: pid_t) {
            guard let data = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return nil }
            let text = String(decoding: data, as: UTF8.self)
            // The name, in brackets, may have spaces and brackets in it; after it come the state and then numbers.
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 14, let parent = pid_t(fields[1]), let user = Double(fields[13]),
                let system = Double(fields[14])
            else { return nil }
            self.parent = parent
            endedChildren = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }
}
