import Foundation

/// The bytes that the fuzzer calls with.
public func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

/// Ends the process, so that the fuzzer keeps the text, unless this holds.
public func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
    guard !holds else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\nbroken: \(otherwise())\n".utf8))
    abort()
}
