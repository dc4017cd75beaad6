import Testing

@testable import Identity

@Suite("The rate limit")
struct GCRATests {
    /// Time and time again: a few attempts at random times, and of each whether it was let through.
    private struct Run {
        var arrival: Int?
        var admitted: [Int] = []

        mutating func attempt(_ limit: GCRA, at now: Int) -> Int {
            let wait = limit.wait(arrival, at: now)
            if wait == 0 {
                arrival = limit.adding(to: arrival, at: now)
                admitted.append(now)
            }
            return wait
        }
    }

    /// Limits and the attempts made against each, from a seed, so that a failure can be run again.
    private func eachRun(_ body: (GCRA, _ seed: UInt64, inout Generator) throws -> Void) rethrows {
        for seed in UInt64(1)...200 {
            var generator = Generator(seed: seed)
            let limit = GCRA(
                burst: .random(in: 1...20, using: &generator), interval: .random(in: 1...5_000, using: &generator))
            try body(limit, seed, &generator)
        }
    }

    @Test("So many at once are let through, and the next after one interval")
    func burst() {
        let limit = GCRA(burst: 3, interval: 1000)
        var run = Run()
        #expect((1...3).map { _ in run.attempt(limit, at: 50_000) } == [0, 0, 0])
        #expect(run.attempt(limit, at: 50_000) == 1000)
        #expect(run.attempt(limit, at: 50_999) == 1)
        #expect(run.attempt(limit, at: 51_000) == 0)
        #expect(run.attempt(limit, at: 51_000) == 1000)
    }

    @Test("In no stretch of time do more pass than a burst and one for each interval")
    func rate() {
        eachRun { limit, seed, generator in
            var run = Run()
            var now = 1_000_000
            for _ in 0..<300 {
                now += .random(in: 0...limit.interval, using: &generator)
                _ = run.attempt(limit, at: now)
            }
            let times = run.admitted
            for (first, start) in times.enumerated() {
                for (last, end) in times.enumerated().dropFirst(first) {
                    #expect(last - first + 1 <= limit.burst + (end - start) / limit.interval, "seed \(seed)")
                }
            }
        }
    }

    @Test("Who waits as long as they are told is let through, and one millisecond before they are not")
    func waits() {
        eachRun { limit, seed, generator in
            var run = Run()
            var now = 1_000_000
            for _ in 0..<100 {
                now += .random(in: 0...limit.interval / 2, using: &generator)
                let wait = run.attempt(limit, at: now)
                guard wait > 0 else { continue }
                #expect(wait <= limit.interval, "seed \(seed)")
                #expect(limit.wait(run.arrival, at: now + wait - 1) == 1, "seed \(seed)")
                now += wait
                #expect(run.attempt(limit, at: now) == 0, "seed \(seed)")
            }
        }
    }

    @Test("What is taken back leaves nothing, in whatever order it is")
    func takenBack() {
        eachRun { limit, seed, generator in
            var run = Run()
            let now = 1_000_000
            for _ in 0..<Int.random(in: 0...limit.burst - 1, using: &generator) { _ = run.attempt(limit, at: now) }
            let before = run.arrival ?? now
            #expect(limit.removing(from: limit.adding(to: run.arrival, at: now), at: now) == before, "seed \(seed)")
            // Another's attempt between the two.
            let both = limit.adding(to: limit.adding(to: run.arrival, at: now), at: now)
            if run.admitted.count + 2 <= limit.burst {
                #expect(limit.removing(from: both, at: now) == limit.adding(to: run.arrival, at: now), "seed \(seed)")
            }
        }
    }

    @Test("Taking back never gives more than there was")
    func neverBelow() {
        let limit = GCRA(burst: 2, interval: 1000)
        for arrival in [nil, 0, 1_000, 49_999, 50_000, 50_001] {
            #expect(limit.removing(from: arrival, at: 50_000) == 50_000)
        }
    }

    @Test("Refused attempts do not make the wait longer")
    func refusedDoNotCount() {
        let limit = GCRA(burst: 1, interval: 30_000)
        var run = Run()
        #expect(run.attempt(limit, at: 0) == 0)
        for now in 1..<30_000 { #expect(run.attempt(limit, at: now) == 30_000 - now) }
        #expect(run.attempt(limit, at: 30_000) == 0)
    }

    @Test("A clock that jumps makes nobody wait longer than an interval", arguments: [Int.min, -1, 0, 5, 1 << 40])
    func clock(now: Int) {
        let limit = GCRA(burst: 3, interval: 1000)
        for arrival in [Int.max, Int.min, 1 << 50, 0] where now > Int.min / 2 || arrival != Int.max {
            #expect((0...1000).contains(limit.wait(arrival, at: now)), "\(arrival)")
        }
        #expect(limit.wait(Int.max, at: now) == 1000)
    }

    @Test("Limits that cannot be are the nearest that can")
    func bounds() {
        #expect(GCRA(burst: 0, interval: -5) == GCRA(burst: 1, interval: 1))
        let widest = GCRA(burst: .max, interval: .max)
        #expect(widest.burst == 1_000_000)
        #expect(widest.interval == 86_400_000)
        #expect(widest.adding(to: .max, at: 0) == 1_000_000 * 86_400_000)
    }
}

/// Numbers that a seed repeats (SplitMix64).
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
