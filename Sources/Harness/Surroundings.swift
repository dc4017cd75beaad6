import Foundation

/// Where the executables are, and what they are given.
package enum Surroundings {
    /// The folder of the running program: `.build/debug` for tests and for `sso` alike.
    static var executables: String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (program as NSString).deletingLastPathComponent
    }

    /// The path of an executable: as it is if it has a slash, else in that folder, else in the program's own.
    static func path(of executable: String, in folder: String? = nil) -> String {
        executable.utf8.contains(UInt8(ascii: "/")) ? executable : "\(folder ?? executables)/\(executable)"
    }

    /// Our environment without every variable that starts with `SSO_`, so that no test depends on somebody's
    /// settings, and with the extras.
    package static func environment(adding extras: [String: String]) -> [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SSO_") }.merging(extras) { $1 }
    }

    /// Makes a new folder in the system's temporary directory, which only we may enter (mode 0700).
    package static func makeTemporaryFolder() throws(HarnessError) -> String {
        // mkdtemp puts letters of its own in the place of the last six.
        var template = Array("\(temporaryDirectory)/sso-cluster-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .system(call: "mkdtemp in \(temporaryDirectory)", code: errno)
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Opens a temporary file that has no name any more, so nothing is left behind.
    static func openNamelessFile() throws(HarnessError) -> FileHandle {
        let path = "\(temporaryDirectory)/sso-run-\(UUID().uuidString)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open \(path)", code: errno) }
        unlink(path)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static var temporaryDirectory: String {
        let path = FileManager.default.temporaryDirectory.path
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
