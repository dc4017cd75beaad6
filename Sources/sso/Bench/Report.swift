import Foundation

/// All that was found, on which machine, beside which versions.
struct Report: Encodable {
    let date = Date().formatted(.iso8601)
    let machine = Machine().description
    let quick: Bool
    let peers: [String: String]
    let sections: [SectionResult]

    /// Everything, for programs.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// The rows, for people; below them what has to be known of them.
    var table: String {
        var lines = [["", "ours", "limit or peer", "ratio", "aim", "met", "spread"]]
        lines += sections.flatMap(\.rows).map(Self.cells)
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        var text = lines.map { cells in
            let padded = zip(cells, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + padding : padding + cell.0
            }
            return padded.joined(separator: "  ")
        }
        let rule = String(repeating: "─", count: widths.reduce(2 * (widths.count - 1), +))
        text.insert(rule, at: 1)
        text.append(rule)
        text.append("Medians; the spread is from the least round to the greatest, of the ratio if there is one.")
        text.append("Machine: \(machine)\(quick ? "; a quick run, so take the figures as hints" : "")")
        let versions = peers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        text.append("Versions: \(versions.joined(separator: ", "))")
        text += sections.flatMap(\.notes)
        let missing = Set(sections.flatMap(\.missing)).sorted()
        if !missing.isEmpty { text.append("Missing, so not compared with: \(missing.joined(separator: ", "))") }
        return text.joined(separator: "\n")
    }

    private static func cells(_ row: Row) -> [String] {
        let spread = row.ratio ?? row.ours
        let range = "\(decimal(spread.minimum))–\(decimal(spread.maximum))"
        return [
            row.name, row.ours.text, row.other?.text ?? "–", row.ratio.map { decimal($0.median) } ?? "–",
            row.aim?.text ?? "–", row.isMet.map { $0 ? "yes" : "NO" } ?? "–", spread.samples.count > 1 ? range : "–",
        ]
    }
}

/// The machine by its kind of processor, and nothing else.
private struct Machine: CustomStringConvertible {
    var description: String {
        let text = String(decoding: FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data(), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        let model = line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown processor"
        return "\(model), \(ProcessInfo.processInfo.activeProcessorCount) cores"
    }
}
