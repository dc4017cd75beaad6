import Holdings

/// The projected pot over the years, as the paths of an SVG of 720 by 240.
struct GrowthChart {
    private let values: [Int]

    init(_ plan: Plan) {
        values = plan.projection
    }

    /// What the template needs; nil without a future.
    var view: [String: any Sendable]? {
        guard values.count > 1, let last = values.last, let top = values.max(), top > 0 else { return nil }
        // At most one point for each half year: more cannot be seen.
        let step = max(1, min(6, values.count - 1))
        let indices = Array(stride(from: 0, to: values.count - 1, by: step)) + [values.count - 1]
        let points = indices.map { index in
            let x = Self.left + (Self.right - Self.left) * Double(index) / Double(values.count - 1)
            let y = Self.bottom - (Self.bottom - Self.top) * Double(values[index]) / Double(top)
            return "\(Self.short(x)) \(Self.short(y))"
        }
        let line = "M" + points.joined(separator: "L")
        let years = (values.count - 1) / 12
        return [
            "line": line,
            "area": "\(line)L\(Self.short(Self.right)) \(Self.short(Self.bottom))L\(Self.short(Self.left)) "
                + "\(Self.short(Self.bottom))Z",
            "marks": [
                Self.mark(Self.left, 230, "start", "today"), Self.mark(Self.right, 230, "end", "in \(years) years"),
                Self.mark(
                    Self.left, Self.bottom - (Self.bottom - Self.top) * Double(values[0]) / Double(top) - 16, "start",
                    Self.thousands(values[0])),
                Self.mark(Self.right, 18, "end", Self.thousands(last)),
            ],
        ]
    }

    private static let (left, right, top, bottom) = (60.0, 710.0, 30.0, 210.0)

    private static func mark(_ x: Double, _ y: Double, _ anchor: String, _ text: String) -> [String: any Sendable] {
        ["x": short(x), "y": short(y), "anchor": anchor, "text": text]
    }

    /// With one decimal.
    private static func short(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private static func thousands(_ cents: Int) -> String {
        "\(Money.text(cents: cents).split(separator: ".")[0]) €"
    }
}
