import Testing

@testable import Growth

@Suite("What growth takes")
struct EstimateTests {
    @Test("With round assumptions, it is what anyone can work out in the head")
    func byHand() {
        var a = Assumptions(users: 86_400)
        (a.active, a.visits, a.minutes, a.requestsPerMinute, a.peak) = (0.5, 2, 10, 6, 2)
        (a.signIns, a.revocations, a.accessMinutes) = (0.5, 0.25, 10)
        let one = Estimate(a)
        // One thing a day for each who comes is one in a second: half come, and the peak is twice the mean.
        #expect(one.requests == 120 && one.renewals == 2 && one.signIns == 0.5 && one.revocations == 0.25)
        (a.requestMicroseconds, a.renewalMicroseconds, a.signInMilliseconds) = (1e6, 1e6, 2e3)
        (a.busy, a.processors) = (0.5, 10)
        let costly = Estimate(a)
        #expect(costly.requestProcessors == 120 && costly.renewalProcessors == 2 && costly.signInProcessors == 1)
        // 123 processors, half busy, ten in a server.
        #expect(costly.servers == 25 && costly.messages == 6.25)
        (a.renewalWrites, a.signInWrites, a.revocationWrites, a.databaseWrites) = (1, 2, 4, 1.5)
        #expect(Estimate(a).writes == 4 && Estimate(a).shards == 3)
        (a.renewalDatabaseMicroseconds, a.signInDatabaseMicroseconds, a.revocationDatabaseMicroseconds) = (
            1e6, 2e6, 4e6
        )
        #expect(Estimate(a).databaseProcessors == 4)
        (a.devices, a.sessionBytes, a.entryBytes) = (3, 100, 10)
        #expect(Estimate(a).sessionBytes == 25_920_000)
        #expect(Estimate(a).entries == 150 && Estimate(a).entryBytes == 1_500)
    }

    @Test(
        "A visit needs one renewal, and one more for each further life of an access token",
        arguments: zip([0.0, 1, 15, 15.1, 30, 31, 61], [1.0, 1, 1, 2, 2, 3, 5]))
    func renewals(_ minutes: Double, _ renewals: Double) {
        var a = Assumptions(users: 86_400)
        (a.active, a.visits, a.minutes, a.peak) = (1, 1, minutes, 1)
        #expect(Estimate(a).renewals == renewals)
    }

    @Test("However few users, there are two servers of each kind and a database")
    func least() {
        #expect(Estimate(Assumptions(users: 1)).servers == 4 && Estimate(Assumptions(users: 1)).shards == 1)
    }

    @Test("Everything per second grows as the users do")
    func linear() {
        let (few, many) = (Estimate(Assumptions(users: 1e6)), Estimate(Assumptions(users: 1e9)))
        for path in [\Estimate.requests, \.renewals, \.signIns, \.revocations, \.writes, \.sessionBytes, \.entryBytes] {
            #expect(abs(many[keyPath: path] / few[keyPath: path] - 1000) < 1e-6)
        }
    }
}
