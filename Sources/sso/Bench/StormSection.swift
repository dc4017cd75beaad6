import Curl
import Foundation
import Harness

/// How long an access check takes while everybody signs in at once.
func measureStorm(_ bench: Bench) async throws -> SectionResult {
    var result = SectionResult(.storm)
    guard let wrk = Wrk() else {
        result.missing.append("wrk")
        return result
    }
    let seconds = bench.pick(8, quick: 3)
    var options = Cluster.Options()
    options.scrypt = nil
    // Half of them have a wrong password, and what is measured is the queue for hashes, not what comes before it.
    options.arguments = ["--attempt-limits", "off"]
    try await Cluster.with(options) { cluster in
        let token = try await SampleToken(from: cluster)
        let storm = Storm(wrk: wrk, bank: cluster.bank.url, script: "\(cluster.folder)/storm.lua")
        try Data(Storm.lua.utf8).write(to: URL(fileURLWithPath: storm.script))
        func check() async throws -> Wrk.Outcome {
            try await wrk.run(
                "\(cluster.bank.url)/api/me", connections: 8, seconds: seconds,
                headers: ["Authorization: Bearer \(token.text)"], counting: true)
        }
        let idle = try Memory.resident(cluster.bank)
        var capacity: [Double] = []
        var answers: [Storm.Answers] = []
        var failed = 0.0
        let figures = try await bench.compete(
            [
                Contender("ours: p99, quiet", .limit, .milliseconds) {
                    capacity.append(try await calm(cluster.bank))
                    let outcome = try await check()
                    failed += outcome.failed
                    return outcome.p99
                },
                Contender("ours: p99, in a storm of sign-ins", .ours, .milliseconds) {
                    async let raging = storm.rage(seconds: seconds + 3)
                    // Until the queue for password hashes is full.
                    try await Task.sleep(for: .seconds(2))
                    let outcome = try await check()
                    answers.append(try await raging)
                    failed += outcome.failed
                    return outcome.p99
                },
            ], rounds: bench.pick(4, quick: 2))
        result.figures += figures.all
        if let quiet = figures["ours: p99, quiet"], let stormy = figures["ours: p99, in a storm of sign-ins"] {
            result.rows.append(Row("p99 of /api/me in a storm : quiet", stormy, over: quiet, aim: .below(10)))
        }
        let offered = Figure("ours: sign-ins asked for", .ours, .callsPerSecond, answers.map(\.perSecond))
        let hashes = Figure("limit: sign-ins that the hash threads do", .limit, .callsPerSecond, capacity)
        let failures = Figure("ours: access checks that failed", .ours, .answers, [failed])
        let quietMemory = Figure("ours: memory before the storms", .limit, .mebibytes, [idle])
        let memory = Figure("ours: most memory in storms", .ours, .mebibytes, [try Memory.highest(cluster.bank)])
        result.figures += [offered, hashes, failures, quietMemory, memory]
        result.rows += [
            Row("sign-ins asked for in a storm : hash capacity", offered, over: hashes, aim: .atLeast(20)),
            Row("access checks that failed", failures, aim: .atMost(0)),
            Row("most memory in storms : before", memory, over: quietMemory),
        ]
        report(answers, &result)
    }
    result.notes.append(
        "storm: 64 connections sign in at the recommended cost, half of them with a wrong password, while wrk -t1 -c8 "
            + "asks for /api/me; all on this machine's processors. The hash capacity is what one sign-in takes when it is "
            + "quiet, times the hash threads. A hash at the recommended cost takes 32 MiB.")
    return result
}

/// Waits until the password hashes of the last storm are done: they are taken in turn, so who is served is the last.
///
/// - Returns: how many sign-ins the threads for hashes do in a second, with nothing beside them.
private func calm(_ bank: ServerProcess) async throws -> Double {
    let customer = Visitor.program(named: "customer")
    func signIn() async throws -> Bool {
        try await customer.signIn(at: bank, username: "customer", password: "a good password").status == 200
    }
    try await waitUntil("the storm is over", timeout: .seconds(60)) { try await signIn() }
    let start = ContinuousClock.now
    guard try await signIn() else { throw Failure("a sign-in failed when it was quiet", hint: "see the bank's log") }
    let threads = max(1, ProcessInfo.processInfo.activeProcessorCount - 1)
    return Double(threads) / ((ContinuousClock.now - start) / .seconds(1))
}

private func report(_ answers: [Storm.Answers], _ result: inout SectionResult) {
    let refused = Figure("ours: sign-ins answered 503", .ours, .answers, answers.map(\.refused))
    let served = Figure("ours: sign-ins answered 200 or 401", .ours, .answers, answers.map(\.served))
    // Of these there may be none, in no round.
    let bare = Figure(
        "ours: 503 without Retry-After", .ours, .answers,
        [answers.map { $0.refused - $0.withRetryAfter }.reduce(0, +)])
    let others = Figure("ours: other answers in the storm", .ours, .answers, [answers.map(\.others).reduce(0, +)])
    result.figures += [refused, served, bare, others]
    result.rows += [
        Row("sign-ins served in a storm", served),
        Row("sign-ins told to come back (503)", refused),
        Row("503 without Retry-After", bare, aim: .atMost(0)),
        Row("other answers to sign-ins", others, aim: .atMost(0)),
    ]
}

/// Many who sign in at once, again and again.
private struct Storm {
    /// What they were answered.
    struct Answers {
        let served: Double
        let refused: Double
        let withRetryAfter: Double
        let others: Double
        /// How many were answered in a second.
        let perSecond: Double
    }

    let wrk: Wrk
    let bank: String
    let script: String

    func rage(seconds: Int) async throws -> Answers {
        let outcome = try await wrk.run("\(bank)/api/login", connections: 64, seconds: seconds, script: script)
        let text = outcome.text
        func number(_ mark: String) throws -> Double {
            guard let number = Wrk.number(after: mark, in: text) else {
                throw Failure("the storm's script did not say '\(mark)': \(text)", hint: "wrk 4.1 is known to work")
            }
            return number
        }
        let answers = try Answers(
            served: number("served"), refused: number("refused"), withRetryAfter: number("retry-after"),
            others: number("others"), perSecond: outcome.requestsPerSecond)
        guard answers.refused > 0 else {
            throw Failure("the storm did not fill the queue: no sign-in was answered 503", hint: "see the bank's log")
        }
        return answers
    }

    /// Who is refused waits a little, where people would wait for as long as they are told to.
    static let lua = """
        wrk.method = "POST"
        wrk.headers["Content-Type"] = "application/json"
        local threads = {}
        function setup(thread) table.insert(threads, thread) end
        function init() asked, served, refused, hinted, others = 0, 0, 0, 0, 0 end
        function delay() return 100 end
        function request()
            asked = asked + 1
            local password = asked % 2 == 0 and "a good password" or "a wrong password"
            return wrk.format(nil, nil, nil, '{"username":"customer","password":"' .. password .. '"}')
        end
        function response(status, headers)
            if status == 200 or status == 401 then served = served + 1
            elseif status == 503 then
                refused = refused + 1
                for name in pairs(headers) do
                    if name:lower() == "retry-after" then hinted = hinted + 1 end
                end
            else others = others + 1 end
        end
        function done()
            for _, thread in ipairs(threads) do
                print("served " .. thread:get("served"))
                print("refused " .. thread:get("refused"))
                print("retry-after " .. thread:get("hinted"))
                print("others " .. thread:get("others"))
            end
        end
        """
}
