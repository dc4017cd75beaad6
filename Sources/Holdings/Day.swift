import Foundation

/// A day as people read it.
public struct Day: Sendable {
    /// The day in UTC, such as `2026-11-25`.
    public let text: String

    /// The day of a time, in whole seconds since 1970.
    public init(_ time: Int) {
        text = Date(timeIntervalSince1970: Double(time)).formatted(Date.ISO8601FormatStyle().year().month().day())
    }
}
