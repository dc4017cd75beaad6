import Foundation
import NIOCore

/// The processors of which this process may use the time.
enum Processors {
    /// How many there are for it: a container may have less than its machine has. With a thread for each of the machine's,
    /// password hashes would take the processor time that token checks need, and 32 MiB each, for which there may be no
    /// room either. Foundation knows the limits of Linux's first control groups alone, NIO those of the second too.
    static var count: Int { max(1, min(ProcessInfo.processInfo.activeProcessorCount, System.coreCount)) }
}
