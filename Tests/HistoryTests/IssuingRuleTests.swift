import History
import Testing

@Suite("The checker on made-up histories: tokens that are handed out")
struct IssuingRuleTests {
    private let rule = Checker.Rule.rotation(grace: 5)

    @Test("A sign-in under a count that was known to be over hands out a revoked token")
    func signIn() {
        for begunBefore in [0, 2] {
            #expect(
                broken {
                    $0.signIn(a0)
                    $0.add(.signOutEverywhere(a0), .done)
                    $0.add(.signIn(password: 0), MadeUpHistory.tokens(b0), begunBefore: begunBefore)
                    // Begun before the sign-out everywhere was acknowledged, it may have come first.
                } == (begunBefore == 0 ? ["revoked token issued"] : []))
        }
    }

    @Test("So does a refresh of the session that another's old token, or a sign-out, had ended")
    func refresh() {
        for way in 0..<2 {
            #expect(
                broken(rule) {
                    $0.signIn(a0)
                    $0.refresh(a0, to: a1)
                    $0.refresh(a1, to: a2)
                    if way == 0 { $0.refused(a0, "token_reused") } else { $0.add(.signOut(a0), .done) }
                    $0.refresh(a2, to: a3)
                } == ["revoked token accepted", "revoked token issued"])
        }
    }

    @Test("And a change of password after the session's end, though the count is new")
    func changePassword() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOut(a0), .done)
                $0.change(a0, to: a9)
            } == ["revoked token accepted", "revoked token issued"])
    }

    @Test(
        "A revocation that was not acknowledged proves nothing, whatever its answer was",
        arguments: [
            Answer.lost, .doubtful, .unavailable,
        ])
    func notAcknowledged(answer: Answer) {
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOutEverywhere(a0), answer)
                $0.add(.signOut(a0), answer)
                $0.refresh(a0, to: a1)
                $0.signIn(b0)
            } == [])
    }

    @Test("A 503 of a server that lost its database may have been done, once, and late; any other 503 was not")
    func doubtful() {
        func broken(_ answer: Answer, _ build: (inout MadeUpHistory) -> Void) -> [String] {
            HistoryTests.broken(rule) {
                $0.signIn(a0)
                $0.add(.signOutEverywhere(a0), answer)
                build(&$0)
            }
        }
        #expect(broken(.doubtful) { $0.refused(a0) } == [])
        #expect(broken(.unavailable) { $0.refused(a0) } == ["refused without a reason"])
        #expect(
            broken(.doubtful) {
                $0.refresh(a0, to: a1); $0.signIn(b1)
            } == [])
        #expect(broken(.unavailable) { $0.signIn(b1) } == ["count grew by itself"])
        let twice = TokenFacts(session: "B", count: 2, id: "b2")
        #expect(broken(.doubtful) { $0.signIn(twice) } == ["count grew by itself"])
        // A refresh of that kind may have used its token, so the next one may come too late.
        for answer in [Answer.doubtful, .unavailable] {
            #expect(
                HistoryTests.broken(rule) {
                    $0.signIn(a0)
                    $0.add(.refresh(a0), answer)
                    $0.wait(seconds: 6)
                    $0.refused(a0, "token_reused")
                } == (answer == .doubtful ? [] : ["refused without a reason"]))
        }
    }
}
