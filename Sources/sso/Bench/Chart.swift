/// A group of bars.
struct Chart {
    let title: String
    let bars: [Figure]

    init(_ title: String, _ bars: [Figure]) {
        self.title = title
        self.bars = bars
    }
}

/// Horizontal bars as SVG, legible on light and on dark pages.
func drawing(of charts: [Chart], caption: String) -> String {
    let width = 760
    let (labelWidth, barWidth, rowHeight) = (250, 380, 26)
    var y = 12
    var shapes = ""
    for chart in charts {
        y += 22
        shapes += "<text class=\"title\" x=\"16\" y=\"\(y)\">\(escaped(chart.title))</text>\n"
        y += 10
        let greatest = chart.bars.map(\.median).max() ?? 1
        for bar in chart.bars {
            let length = max(1, Int((bar.median / greatest * Double(barWidth)).rounded()))
            shapes += """
                <text class="label" x="\(labelWidth)" y="\(y + 17)">\(escaped(bar.name))</text>
                <rect class="\(bar.kind.rawValue)" x="\(labelWidth + 10)" y="\(y + 4)" rx="3" height="18"
                    width="\(length)"/>
                <text x="\(labelWidth + 18 + length)" y="\(y + 17)">\(decimal(bar.median))</text>

                """
            y += rowHeight
        }
        y += 10
    }
    y += 18
    let text = escaped("Medians. \(caption). Drawn by scripts/bench.")
    shapes += "<text class=\"caption\" x=\"16\" y=\"\(y)\">\(text)</text>\n"
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(y + 14)" width="\(width)" role="img">
        <title>\(escaped(charts.map(\.title).joined(separator: "; ")))</title>
        <style>
        text { font: 13px system-ui, sans-serif; fill: #1f2328 }
        .title { font-weight: 600; font-size: 15px }
        .label { text-anchor: end }
        .caption { font-size: 11px; fill: #59636e }
        .ours { fill: #d9480f }
        .limit { fill: #8c959f }
        .peer { fill: #4c78a8 }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .caption { fill: #9198a1 }
        .ours { fill: #ff7b3d }
        .limit { fill: #7d8590 }
        .peer { fill: #6ea3d8 }
        }
        </style>
        \(shapes)</svg>

        """
}

private func escaped(_ text: String) -> String {
    text.map { character in
        switch character {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(character)
        }
    }.joined()
}
