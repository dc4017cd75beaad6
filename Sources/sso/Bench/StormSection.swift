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
        func check() async throws -> Double {
            try await wrk.run(
                "\(cluster.bank.url)/api/me", connections: 8, seconds: seconds,
                headers: ["Authorization: Bearer \(token.text)"]
            ).p99
        }
        var answers: [Storm.Answers] = []
        let figures = try await bench.compete(
            [
                Contender("ours: p99, quiet", .limit, .milliseconds) {
                    try await calm(cluster.bank)
                    return try await check()
                },
                Contender("ours: p99, in a storm of sign-ins", .ours, .milliseconds) {
                    async let raging = storm.rage(seconds: seconds + 3)
                    // Until the queue for password hashes is full.
                    try await Task.sleep(for: .seconds(2))
                    let p99 = try await check()
                    answers.append(try await raging)
                    return p99
                },
            ], rounds: bench.pick(4, quick: 2))
        result.figures += figures.all
        if let quiet = figures["ours: p99, quiet"], let stormy = figures["ours: p99, in a storm of sign-ins"] {
            result.rows.append(Row("p99 of /api/me in a storm : quiet", stormy, over: quiet, aim: .below(10)))
        }
        report(answers, &result)
    }
    result.notes.append(
        "storm: 64 connections sign in at the recommended cost, half of them with a wrong password, while wrk -t1 -c8 "
            + "asks for /api/me; all on this machine's processors.")
    return result
}

/// Waits until the password hashes of the last storm are done: they are taken in turn, so who is served is the last.
private func calm(_ bank: ServerProcess) async throws {
    let customer = Visitor.program(named: "customer")
    try await waitUntil("the storm is over", timeout: .seconds(60)) {
        try await customer.signIn(at: bank, username: "customer", password: "a good password").status == 200
    }
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
    }

    let wrk: Wrk
    let bank: String
    let script: String

    func rage(seconds: Int) async throws -> Answers {
        let text = try await wrk.run(
            "\(bank)/api/login", connections: 64, seconds: seconds, script: script
        ).text
        func number(_ mark: String) throws -> Double {
            guard let number = Wrk.number(after: mark, in: text) else {
                throw Failure("the storm's script did not say '\(mark)': \(text)", hint: "wrk 4.1 is known to work")
            }
            return number
        }
        let answers = try Answers(
            served: number("served"), refused: number("refused"), withRetryAfter: number("retry-after"),
            others: number("others"))
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
