/// One line of the table: our figure, beside a limit or a peer where there is one, and what we aim at.
struct Row: Encodable {
    /// Where the number should be.
    enum Aim {
        case atMost(Double)
        case below(Double)
        case atLeast(Double)
        case above(Double)

        var text: String {
            switch self {
            case .atMost(let bound): "≤ \(Self.text(bound))"
            case .below(let bound): "< \(Self.text(bound))"
            case .atLeast(let bound): "≥ \(Self.text(bound))"
            case .above(let bound): "> \(Self.text(bound))"
            }
        }

        private static func text(_ bound: Double) -> String {
            bound == 0 || bound >= 10 ? decimal(bound) : "\(bound)"
        }

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atMost(let bound): value <= bound
            case .below(let bound): value < bound
            case .atLeast(let bound): value >= bound
            case .above(let bound): value > bound
            }
        }
    }

    let name: String
    let ours: Figure
    let other: Figure?
    /// The ratio of each round, so that what slowed the machine down for a while slowed down both.
    let ratio: Figure?
    let aim: Aim?

    /// Our figure alone; an aim is for it.
    init(_ name: String, _ ours: Figure, aim: Aim? = nil) {
        self.name = name
        self.ours = ours
        other = nil
        ratio = nil
        self.aim = aim
    }

    /// Our figure over another of the same rounds; an aim is for their ratio.
    init(_ name: String, _ ours: Figure, over other: Figure, aim: Aim? = nil) {
        self.init(name, ours, other, ratios: zip(ours.samples, other.samples).map { $0 / $1 }, aim)
    }

    /// Our figure under another of the same rounds; an aim is for their ratio.
    init(_ name: String, _ ours: Figure, under other: Figure, aim: Aim? = nil) {
        self.init(name, ours, other, ratios: zip(ours.samples, other.samples).map { $1 / $0 }, aim)
    }

    private init(_ name: String, _ ours: Figure, _ other: Figure, ratios: [Double], _ aim: Aim?) {
        self.name = name
        self.ours = ours
        self.other = other
        ratio = Figure(name, .ours, ours.unit, ratios)
        self.aim = aim
    }

    /// Whether the median is where it should be; nil without an aim.
    var isMet: Bool? { aim?.isMet(by: (ratio ?? ours).median) }

    private enum CodingKeys: String, CodingKey {
        case name, ours, other, aim, isMet, ratio, ratioMinimum, ratioMaximum
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(ours.name, forKey: .ours)
        try container.encodeIfPresent(other?.name, forKey: .other)
        try container.encodeIfPresent(aim?.text, forKey: .aim)
        try container.encodeIfPresent(isMet, forKey: .isMet)
        try container.encodeIfPresent(ratio?.median, forKey: .ratio)
        try container.encodeIfPresent(ratio?.minimum, forKey: .ratioMinimum)
        try container.encodeIfPresent(ratio?.maximum, forKey: .ratioMaximum)
    }
}
