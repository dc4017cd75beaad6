import Curl
import Harness

/// Before the first request that counts: all visitors register, if they are new, and sign in. A few at a time, and as fast
/// as the servers let them: password hashes are slow on purpose.
struct Arrival {
    private static let atOnce = 8
    private static let patience = 50

    private enum Step { case register, signIn }

    private struct Job {
        let index: Int
        let step: Step
        var attempts = 0
        var notBefore = 0
    }

    let plan: LoadPlan
    let clock: Stopwatch
    let tell: (LoadProgress) -> Void

    /// Brings all visitors in.
    ///
    /// - Throws: ``LoadError`` with the first answer that is not as it should be. Where a server says when to come back
    ///   (`Retry-After`), it is asked again then.
    func bring(_ visitors: inout Visitors, with transfers: Transfers) throws {
        let isNew = if case .new = plan.people { true } else { false }
        var jobs = visitors.indices.map { Job(index: $0, step: isNew ? .register : .signIn) }
        jobs.reverse()
        var ended: [(Job, Result<Exchange, CurlError>)] = []
        var (signedIn, lastTold) = (0, 0)
        while signedIn < visitors.indices.count {
            while transfers.count < Self.atOnce, let job = jobs.popLast(where: { $0.notBefore <= clock.now }) {
                let account = visitors[job.index].account
                let target = plan.targets.all[job.index % plan.targets.all.count]
                let request: Request =
                    job.step == .register ? .register(account, at: target) : .signIn(account, at: target)
                try transfers.start(request) { ended.append((job, $0)) }
            }
            transfers.advance(for: 100)
            for (job, result) in ended {
                if let next = try self.next(after: job, result, &visitors) { jobs.append(next) } else { signedIn += 1 }
            }
            ended = []
            guard clock.now - lastTold > 1_000_000_000 else { continue }
            lastTold = clock.now
            tell(.signedIn(signedIn, of: visitors.indices.count))
        }
    }

    private func next(
        after job: Job, _ result: Result<Exchange, CurlError>, _ visitors: inout Visitors
    ) throws(LoadError) -> Job? {
        let exchange = try? result.get()
        if let exchange, [429, 503].contains(exchange.status), job.attempts < Self.patience {
            let seconds = min(60, exchange.header("Retry-After").flatMap { Int($0) } ?? 1)
            var later = job
            later.attempts += 1
            later.notBefore = clock.now + seconds * 1_000_000_000
            return later
        }
        if job.step == .register, exchange?.status == 201 { return Job(index: job.index, step: .signIn) }
        if job.step == .signIn, exchange?.status == 200, let exchange,
            let tokens = Visitors.Tokens(exchange, now: clock.now)
        {
            visitors.arrive(job.index, tokens)
            return nil
        }
        let what = job.step == .register ? "register" : "sign in"
        throw LoadError(description: "visitor \(job.index + 1) could not \(what): \(reason(result))")
    }
}

extension Array {
    /// The last element of which that holds, taken out.
    fileprivate mutating func popLast(where condition: (Element) -> Bool) -> Element? {
        lastIndex(where: condition).map { remove(at: $0) }
    }
}
