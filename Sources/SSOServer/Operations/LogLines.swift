import Foundation
import Logging

/// Writes log lines to standard error, as text or as JSON, one line each whatever is in them: what came from outside
/// cannot begin a line of its own.
struct LogLines: LogHandler {
    let label: String
    let format: Settings.LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let more = event.metadata { fields.merge(more) { _, new in new } }
        let line = format == .json ? json(event, fields) : text(event, fields)
        // A log that nobody takes any more, or a full disk, must not stop the server.
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    private func text(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
        let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.printable("\($0.value)"))" }
        let level = event.level.rawValue.uppercased()
        return "\(Self.time()) \(level) \(label): \(Self.printable("\(event.message)"))\(pairs.joined())"
    }

    private func json(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
        var line = fields.mapValues { "\($0)" }
        line["time"] = Self.time()
        line["level"] = event.level.rawValue
        line["logger"] = label
        line["message"] = "\(event.message)"
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
