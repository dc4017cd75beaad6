import Curl
import Foundation
import Harness
import Statistics

/// Sends requests at a steady pace, whether or not those before were answered, as people do who do not know of each other.
///
/// Latency counts from when a request *should* have begun. A generator that waits for an answer before it sends the next
/// request asks a server that stands still only once, and so hardly sees that it does ("coordinated omission").
final class Generator {
    private var plan: LoadPlan
    private let transfers: Transfers
    private let clock: Stopwatch
    private let tell: (LoadProgress) -> Void
    private var visitors: Visitors
    private var random: SeededGenerator

    private var figures = LoadFigures()
    /// When each request should have begun that has not yet, for want of a visitor who could; by kind, in order.
    private var waiting: [Kind: [Int]] = [:]
    private var open: Int { transfers.count + waiting.values.reduce(0) { $0 + $1.count } }
    private var secondsLatency = Histogram()

    init(_ plan: LoadPlan, tell: @escaping (LoadProgress) -> Void) throws {
        self.plan = plan
        self.tell = tell
        transfers = try Transfers(plan.options, connections: plan.connections)
        clock = Stopwatch()
        random = SeededGenerator(seed: plan.seed, stream: 0)
        visitors = Visitors(plan.people.accounts(), seed: plan.seed)
    }

    /// Brings the visitors in.
    func gather() throws {
        try Arrival(plan: plan, clock: clock, tell: tell).bring(&visitors, with: transfers)
    }

    /// Sends everything that this plan says, with the visitors who are there, and waits for all answers.
    func send(_ plan: LoadPlan) -> LoadFigures {
        self.plan = plan
        figures = LoadFigures()
        for kind in Kind.allCases { (figures.kinds[kind], waiting[kind]) = (KindFigures(), []) }
        let start = clock.now
        let interval = 1e9 / plan.rate
        func due(_ request: Int) -> Int { start + Int((Double(request) * interval).rounded()) }
        var (next, lastTold) = (0, start)
        while next < plan.requests || open > 0 {
            while next < plan.requests, due(next) <= clock.now {
                waiting[plan.mix.draw(&random), default: []].append(due(next))
                next += 1
            }
            startWaiting()
            if next == plan.requests, transfers.count == 0 { giveUpWaiting() }
            if clock.now - lastTold >= 1_000_000_000 {
                lastTold = clock.now
                tellSecond(since: start)
            }
            advance(until: next < plan.requests ? due(next) : clock.now + 100_000_000)
        }
        figures.seconds = Double(clock.now - start) / 1e9
        tellSecond(since: start)
        return figures
    }

    /// libcurl waits for whole milliseconds: what is left of one is slept through in small pieces, so that a request begins
    /// on time and the servers still have the processor.
    private func advance(until time: Int) {
        let left = time - clock.now
        if left >= 1_000_000 {
            transfers.advance(for: min(100, left / 1_000_000))
        } else {
            if left > 0 { usleep(UInt32(min(left / 1000, 50))) }
            transfers.advance(for: 0)
        }
    }

    private func startWaiting() {
        for kind in Kind.allCases {
            var started = 0
            while let due = waiting[kind]?.dropFirst(started).first,
                let visitor = visitors.take(for: kind, now: clock.now)
            {
                start(visitor.kind, visitor.index, due)
                started += 1
            }
            if started > 0 { waiting[kind]?.removeFirst(started) }
        }
    }

    private func start(_ kind: Kind, _ index: Int, _ due: Int) {
        let visitor = visitors[index]
        let tokens = kind == .signOut ? visitors.giveUpTokens(of: index) : visitor.tokens
        let target = plan.targets.all[Int.random(in: plan.targets.all.indices, using: &random)]
        figures.delay.record(clock.now - due)
        do throws(CurlError) {
            try transfers.start(kind.request(to: target, by: visitor.account, tokens)) { [unowned self] in
                end(kind, index, due, $0)
            }
        } catch {
            end(kind, index, due, .failure(error))
        }
    }

    private func end(_ kind: Kind, _ index: Int, _ due: Int, _ result: Result<Exchange, CurlError>) {
        let now = clock.now
        let exchange = try? result.get()
        if exchange?.status == kind.goodStatus {
            figures.kinds[kind]?.answer(after: now - due, statements: exchange?.response.serverTiming?.db)
            secondsLatency.record(now - due)
        } else {
            figures.kinds[kind]?.fail(reason(result))
        }
        let isRefused = exchange?.status == 401
        switch kind {
        case .browse: visitors.endBrowsing(index, isRefused: isRefused)
        // Whatever came of it, nobody can know that the session goes on.
        case .signOut: visitors.endChange(index, tokens: nil)
        case .renew, .signIn:
            let tokens = exchange.flatMap { Visitors.Tokens($0, now: now) }
            // A password that is refused says nothing of the session that the visitor has beside.
            if tokens != nil || isRefused && kind == .renew {
                visitors.endChange(index, tokens: tokens)
            } else {
                visitors.endWithoutChange(index)
            }
        }
    }

    /// What still waits when nothing is under way will never begin: nobody could become free.
    private func giveUpWaiting() {
        for kind in Kind.allCases {
            for _ in waiting[kind] ?? [] { figures.kinds[kind]?.fail("no visitor is signed in") }
            waiting[kind] = []
        }
    }

    private func tellSecond(since start: Int) {
        tell(
            .second(
                .init(
                    seconds: Double(clock.now - start) / 1e9, answered: figures.answered, failed: figures.failed,
                    open: open, latency: secondsLatency)))
        secondsLatency = Histogram()
    }
}

extension LoadPlan.People {
    /// New ones have names and passwords that nobody else has.
    fileprivate func accounts() -> [LoadPlan.Account] {
        switch self {
        case .known(let accounts): return accounts
        case .new(let count):
            let run = String(UInt64.random(in: 1 << 60 ... .max), radix: 36)
            return (0..<count).map { index in
                LoadPlan.Account(
                    name: "load-\(run)-\(index)", password: String(UInt64.random(in: 1 << 60 ... .max), radix: 36))
            }
        }
    }
}
