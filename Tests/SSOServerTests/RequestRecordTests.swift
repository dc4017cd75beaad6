import Identity
import Testing

@testable import SSOServer

@Suite("What a request cost")
struct RequestRecordTests {
    /// The names, durations and descriptions of a Server-Timing header, if it has the contract's form.
    private func parsed(_ header: String) throws -> (auth: (Double, Int), db: (Double, Int)) {
        let form = /auth;dur=([0-9]+\.[0-9]{3});desc="([0-9]+)", db;dur=([0-9]+\.[0-9]{3});desc="([0-9]+)"/
        let match = try #require(header.wholeMatch(of: form), "\(header)")
        return (
            (try #require(Double(match.1)), try #require(Int(match.2))),
            (try #require(Double(match.3)), try #require(Int(match.4)))
        )
    }

    @Test("A request that did nothing cost nothing")
    func nothing() {
        #expect(RequestRecord().serverTiming == #"auth;dur=0.000;desc="0", db;dur=0.000;desc="0""#)
    }

    @Test(
        "Durations are milliseconds with three decimals",
        arguments: [
            (.nanoseconds(999), "0.000"), (.microseconds(1), "0.001"), (.microseconds(10), "0.010"),
            (.microseconds(999), "0.999"), (.milliseconds(1), "1.000"), (.microseconds(1_234), "1.234"),
            (.seconds(12), "12000.000"), (.microseconds(1_000_050), "1000.050"),
        ] as [(Duration, String)])
    func milliseconds(duration: Duration, text: String) {
        let record = RequestRecord()
        record.meter.add(statements: 1, duration: duration)
        #expect(record.serverTiming == #"auth;dur=0.000;desc="0", db;dur=\#(text);desc="1""#)
    }

    @Test("Statements of the check count for it and for the whole, others for the whole alone")
    func statements() async throws {
        let record = RequestRecord()
        record.meter.add(statements: 1, duration: .milliseconds(1))
        let answer = await record.checking {
            record.meter.add(statements: 2, duration: .milliseconds(2))
            return 42
        }
        record.meter.add(statements: 4, duration: .milliseconds(4))
        #expect(answer == 42)
        #expect(record.check.statements == 2)
        let timing = try parsed(record.serverTiming)
        #expect(timing.auth.1 == 2)
        #expect(timing.db == (7.0, 7))
    }

    @Test("A check that failed cost what it cost")
    func failure() async throws {
        struct Failure: Error {}
        let record = RequestRecord()
        await #expect(throws: Failure.self) {
            try await record.checking {
                record.meter.add(statements: 1, duration: .zero)
                throw Failure()
            }
        }
        #expect(record.check.statements == 1)
    }

    @Test("Several checks add up")
    func several() async throws {
        let record = RequestRecord()
        for _ in 0..<3 { await record.checking { record.meter.add(statements: 1, duration: .microseconds(500)) } }
        let timing = try parsed(record.serverTiming)
        #expect(timing.auth.1 == 3)
        #expect(timing.db == (1.5, 3))
    }
}
