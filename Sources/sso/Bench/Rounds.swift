/// Something that is measured once in each round.
struct Contender {
    let name: String
    let kind: Figure.Kind
    let unit: Figure.Unit
    let measure: () async throws -> Double

    init(_ name: String, _ kind: Figure.Kind, _ unit: Figure.Unit, _ measure: @escaping () async throws -> Double) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.measure = measure
    }
}

/// The figures of one competition, by name.
struct Figures {
    let all: [Figure]

    /// The figure of that name; nil if it was not measured.
    subscript(name: String) -> Figure? { all.first { $0.name == name } }
}

extension Bench {
    /// Measures all of them in every round, one after the other, so that a machine that others use too is the same for
    /// all; in an order of its own for each round, so that nobody always follows the same one. A round before the first
    /// is not counted: caches and pools fill.
    func compete(_ contenders: [Contender], rounds: Int) async throws -> Figures {
        var samples = contenders.map { _ in [Double]() }
        for round in 0...rounds {
            for index in contenders.indices.shuffled() {
                let contender = contenders[index]
                let place = round == 0 ? "warming up" : "round \(round) of \(rounds)"
                progress.tell("\(place): \(contender.name)")
                let sample = try await contender.measure()
                if round > 0 { samples[index].append(sample) }
            }
        }
        return Figures(all: zip(contenders, samples).map { Figure($0.name, $0.kind, $0.unit, $1) })
    }
}

/// How many nanoseconds a call of `work` takes, over `calls` of them.
func nanosecondsPerCall(_ calls: Int, _ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    for _ in 0..<calls { try work() }
    return (ContinuousClock.now - start) / .nanoseconds(1) / Double(calls)
}

/// Takes what was computed, so that nobody leaves the computation out.
@inline(never)
func keep<Value>(_ value: Value) {}
