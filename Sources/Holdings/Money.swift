/// Amounts as people read them.
public enum Money {
    /// An amount in cents as text, such as `-1,234.50`.
    public static func text(cents: Int) -> String {
        let magnitude = cents.magnitude
        let units = String(magnitude / 100)
        var grouped = ""
        for (index, digit) in units.enumerated() {
            if index > 0, (units.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        let fraction = magnitude % 100
        return "\(cents < 0 ? "-" : "")\(grouped).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
