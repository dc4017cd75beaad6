/// One thing that was measured, once in each round.
struct Figure: Encodable {
    /// Whose figure it is.
    enum Kind: String, Encodable {
        /// Of this project.
        case ours
        /// The least that any program has to do for the same: the bare hash, the bare transaction.
        case limit
        /// Of another program that does the same work.
        case peer
    }

    /// What a number counts.
    enum Unit: String, Encodable {
        case nanoseconds = "ns"
        case microseconds = "µs"
        case milliseconds = "ms"
        case requestsPerSecond = "requests/s"
        case callsPerSecond = "/s"
        case allocations = "allocations"
        case mebibytes = "MiB"
        case answers = "answers"
    }

    let name: String
    let kind: Kind
    let unit: Unit
    /// One for each round, in their order.
    let samples: [Double]
    let median: Double
    let minimum: Double
    let maximum: Double

    /// - Parameter samples: at least one.
    init(_ name: String, _ kind: Kind, _ unit: Unit, _ samples: [Double]) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.samples = samples
        let sorted = samples.sorted()
        let middle = sorted.count / 2
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        minimum = sorted[0]
        maximum = sorted[sorted.count - 1]
    }

    // Not every sample: there may be hundreds.
    private enum CodingKeys: CodingKey { case name, kind, unit, median, minimum, maximum, rounds }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        try container.encode(unit, forKey: .unit)
        try container.encode(median, forKey: .median)
        try container.encode(minimum, forKey: .minimum)
        try container.encode(maximum, forKey: .maximum)
        try container.encode(samples.count, forKey: .rounds)
    }

    /// The median with its unit: `1,234 ns`.
    var text: String { "\(decimal(median)) \(unit.rawValue)" }
}

/// A number with three digits that mean something, and commas between thousands: `1,234`, `12.3`, `0.456`.
func decimal(_ value: Double) -> String {
    let places = abs(value) >= 100 || value == value.rounded() ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 1 ? 2 : 3
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((abs(value) * scale).rounded())
    var whole = String(scaled / Int(scale))
    var index = whole.count - 3
    while index > 0 {
        whole.insert(",", at: whole.index(whole.startIndex, offsetBy: index))
        index -= 3
    }
    let fraction = String(scaled % Int(scale))
    let zeros = String(repeating: "0", count: max(0, places - fraction.count))
    return (value < 0 ? "-" : "") + whole + (places == 0 ? "" : "." + zeros + fraction)
}
