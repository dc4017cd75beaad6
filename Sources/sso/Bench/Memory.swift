import Foundation
import Harness

/// What a server takes of the machine's memory, in MiB, as Linux tells.
enum Memory {
    /// Now.
    static func resident(_ server: ServerProcess) throws -> Double { try read("VmRSS:", of: server) }

    /// The most since it started.
    static func highest(_ server: ServerProcess) throws -> Double { try read("VmHWM:", of: server) }

    private static func read(_ mark: String, of server: ServerProcess) throws -> Double {
        let path = "/proc/\(server.processID ?? 0)/status"
        let status = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        guard let kibibytes = Wrk.number(after: mark, in: status.split(separator: "\t").joined(separator: " ")) else {
            throw Failure("\(path) does not tell the memory", hint: "this needs Linux")
        }
        return kibibytes / 1024
    }
}
