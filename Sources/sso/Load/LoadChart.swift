import Foundation
import Load

extension LoadReport {
    /// The percentiles of each kind as lines, as SVG, legible on light and on dark pages. Both axes grow by powers: most
    /// people see the left end, and those on the right are why percentiles are looked at.
    var drawing: String {
        let (left, right, top, bottom) = (70.0, 620.0, 50.0, 290.0)
        let values = kinds.flatMap(\.latency.values).filter { $0 > 0 }
        let lowest = log10(max(values.min() ?? 0.1, 0.001)).rounded(.down)
        let highest = max(log10(max(values.max() ?? 1, 0.001)).rounded(.up), lowest + 1)
        func x(_ index: Int) -> Double { left + (right - left) * Double(index) / Double(Self.percentiles.count - 1) }
        func y(_ value: Double) -> Double {
            let share = (log10(max(value, 0.001)) - lowest) / (highest - lowest)
            return bottom - (bottom - top) * min(1, max(0, share))
        }
        var shapes = ""
        for power in Int(lowest)...Int(highest) {
            let height = y(pow(10, Double(power)))
            shapes += "<line class=\"grid\" x1=\"\(left)\" x2=\"\(right)\" y1=\"\(height)\" y2=\"\(height)\"/>\n"
            shapes +=
                "<text class=\"end\" x=\"\(left - 8)\" y=\"\(height + 4)\">\(decimal(pow(10, Double(power))))</text>\n"
        }
        for (index, percentile) in Self.percentiles.enumerated() {
            shapes += "<text class=\"middle\" x=\"\(x(index))\" y=\"\(bottom + 20)\">\(percentile.0)</text>\n"
        }
        for (number, line) in kinds.enumerated() where !line.latency.isEmpty {
            let points = Self.percentiles.enumerated().map { "\(x($0)),\(y(line.latency[$1.0] ?? 0))" }
            shapes += "<polyline class=\"k\(number)\" points=\"\(points.joined(separator: " "))\"/>\n"
            let height = top + 20 * Double(number)
            shapes += "<line class=\"k\(number)\" x1=\"640\" x2=\"660\" y1=\"\(height)\" y2=\"\(height)\"/>\n"
            shapes += "<text x=\"666\" y=\"\(height + 4)\">\(line.kind.rawValue)</text>\n"
        }
        let title = "Latency in milliseconds by percentile, at \(decimal(rate)) requests a second"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 340" width="760" role="img">
            <title>\(title)</title>
            <style>
            text { font: 13px system-ui, sans-serif; fill: #1f2328 }
            .title { font-weight: 600; font-size: 15px }
            .end { text-anchor: end }
            .middle { text-anchor: middle }
            .grid { stroke: #8c959f; stroke-opacity: .4 }
            polyline, .k0, .k1, .k2, .k3 { fill: none; stroke-width: 2.5 }
            .k0 { stroke: #d9480f }
            .k1 { stroke: #4c78a8 }
            .k2 { stroke: #2b8a3e }
            .k3 { stroke: #9c36b5 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 }
            .k0 { stroke: #ff7b3d }
            .k1 { stroke: #6ea3d8 }
            .k2 { stroke: #69db7c }
            .k3 { stroke: #da77f2 }
            }
            </style>
            <text class="title" x="16" y="26">\(title)</text>
            \(shapes)<text class="end" x="\(right)" y="330">\(sent) sent, \(answered) answered, \(failed) failed</text>
            </svg>

            """
    }
}
