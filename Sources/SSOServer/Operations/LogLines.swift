import Foundation
import Logging

/// Writes log lines as text or as JSON, one line each whatever is in them: what came from outside cannot begin a line of
/// its own, nor make one without end.
struct LogLines: LogHandler {
    /// The longest line, in bytes. Of longer ones, what is too long in them is cut, and marked.
    static let maximumLength = 8192

    let label: String
    let format: Settings.LogFormat
    let writer: LogWriter
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let more = event.metadata { fields.merge(more) { _, new in new } }
        writer.write(
            Self.line(format, event.level, label, "\(event.message)", fields.mapValues { "\($0)" }))
    }

    /// The line that says that lines are missing.
    static func notice(_ format: Settings.LogFormat, _ label: String, lost: Int) -> String {
        line(
            format, .warning, label, "log lines were lost: they came faster than they were read",
            ["lines": "\(lost)"])
    }

    /// One line, without its end.
    static func line(
        _ format: Settings.LogFormat, _ level: Logger.Level, _ label: String, _ message: String,
        _ fields: [String: String]
    ) -> String {
        func line(_ message: String, _ fields: [String: String]) -> String {
            format == .json ? json(level, label, message, fields) : text(level, label, message, fields)
        }
        var whole = line(message, fields)
        // What is escaped becomes longer, so how much is to be cut shows in the whole line only.
        var limit = maximumLength / 2
        while whole.utf8.count > maximumLength, limit >= 16 {
            whole = line(cut(message, to: limit), fields.mapValues { cut($0, to: limit) })
            limit /= 2
        }
        return whole.utf8.count > maximumLength ? line(cut(message, to: 512), ["cut": "all fields"]) : whole
    }

    /// The beginning of a text, marked as such; the whole of one that is short enough.
    private static func cut(_ text: String, to length: Int) -> String {
        guard text.utf8.count > length else { return text }
        return String(decoding: text.utf8.prefix(length), as: UTF8.self) + "…(cut)"
    }

    private static func text(
        _ level: Logger.Level, _ label: String, _ message: String, _ fields: [String: String]
    ) -> String {
        let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(printable($0.value))" }
        return "\(time()) \(level.rawValue.uppercased()) \(label): \(printable(message))\(pairs.joined())"
    }

    private static func json(
        _ level: Logger.Level, _ label: String, _ message: String, _ fields: [String: String]
    ) -> String {
        var line = fields
        line["time"] = time()
        line["level"] = level.rawValue
        line["logger"] = label
        line["message"] = message
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A dictionary of strings always encodes.
        return (try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// `text` with everything escaped that could end the line or move a terminal's cursor.
    static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate:
                result += scalar.escaped(asASCII: true)
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func time() -> String {
        Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
