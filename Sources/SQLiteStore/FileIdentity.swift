import Foundation

/// Which file stands at a path: not by its name, but by its device and inode.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    /// How long it was when this was made, in bytes. A file stays the same when it grows.
    let size: Int

    /// The file that is there now, or nil.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
    }

    static func == (a: Self, b: Self) -> Bool { a.device == b.device && a.inode == b.inode }
}
