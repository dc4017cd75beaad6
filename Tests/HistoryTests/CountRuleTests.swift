import History
import Testing

@Suite("The checker on made-up histories: the count, sessions and passwords")
struct CountRuleTests {
    @Test("A life without faults breaks no rule")
    func good() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.add(.check(a0), .done)
                $0.refresh(a0, to: a1)
                // In count mode every token of a session is as good as the last.
                $0.refresh(a0, to: a2)
                $0.add(.signOut(a2), .done)
                $0.refused(a2)
                $0.add(.signOutEverywhere(b0), .done)
                $0.refused(b0)
                $0.add(.refresh(b0), .unavailable)
                $0.signIn(b1.in("C"))
                $0.change(b1.in("C"), to: TokenFacts(session: "C", count: 2, id: "c2"))
                $0.add(.signIn(password: 0), .refused("invalid_credentials"))
                $0.signIn(TokenFacts(session: "D", count: 2, id: "d2"), password: 1)
            } == [])
    }

    @Test("A refresh of a session that was signed out")
    func signedOut() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOut(a0), .done)
                $0.refresh(a0, to: a1)
            } == ["revoked token accepted", "revoked token issued"])
        // Begun before the sign-out was acknowledged, it may have been first.
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOut(a0), .done)
                $0.refresh(a0, to: a1, begunBefore: 2)
            } == [])
    }

    @Test("A refresh with an old count, after a sign-out everywhere or a change of password was acknowledged")
    func oldCount() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOutEverywhere(a0), .done)
                $0.refresh(a0, to: a1)
            } == ["revoked token accepted", "revoked token issued"])
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.change(a0, to: a9)
                $0.refresh(b0, to: b0)
            } == ["revoked token accepted", "revoked token issued"])
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.change(a0, to: a9)
                $0.refresh(b0, to: b0, begunBefore: 2)
            } == [])
    }

    @Test("A sign-out everywhere from a count that is older than one that was seen before")
    func countFell() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.change(a0, to: a9)
                $0.add(.signOutEverywhere(b0), .done)
            } == ["count fell", "revoked token accepted", "two raised one count"])
    }

    @Test("A count that nobody raised")
    func countGrewByItself() {
        #expect(broken { $0.signIn(b1) } == ["count grew by itself"])
        // A sign-out everywhere that was not answered may have raised it, but only once.
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOutEverywhere(a0), .lost)
                $0.signIn(b1)
            } == [])
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOutEverywhere(a0), .lost)
                $0.signIn(TokenFacts(session: "B", count: 2, id: "b2"))
            } == ["count grew by itself"])
        // One that was refused, or met a busy database, did not.
        for answer in [Answer.unavailable, .refused("token_revoked")] {
            #expect(
                broken {
                    $0.signIn(a0)
                    $0.add(.signOut(a0), .done)
                    $0.add(.signOutEverywhere(a0), answer)
                    $0.signIn(b1)
                } == ["count grew by itself"])
        }
    }

    @Test("Two that raised the same count, and were both told so")
    func twoWinners() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.add(.signOutEverywhere(a0), .done)
                $0.add(.signOutEverywhere(b0), .done, begunBefore: 2)
            } == ["two raised one count"])
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.add(.signOutEverywhere(a0), .done)
                $0.add(.signOutEverywhere(b0), .refused("token_revoked"), begunBefore: 2)
            } == [])
    }

    @Test("A refusal for which there is no reason")
    func refusedForNothing() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.refused(a0)
            } == ["refused without a reason"])
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.add(.signOut(b0), .done)
                $0.refused(a0)
            } == ["refused without a reason"])
        for code in ["token_invalid", "token_expired", "token_reused"] {
            #expect(
                broken {
                    $0.signIn(a0)
                    $0.refused(a0, code)
                } == ["refused without a reason"])
        }
        // A sign-out without an answer may have come, even later.
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOut(a0), .lost)
                $0.refresh(a0, to: a1)
                $0.refused(a0)
            } == [])
    }

    @Test("An access token that a server does not take, or takes for another")
    func checks() {
        #expect(broken { $0.add(.check(a0), .refused("token_expired")) } == ["good token refused"])
        #expect(broken { $0.add(.check(a0), .unexpected("another's claims")) } == ["unexpected answer"])
        #expect(broken { $0.add(.signOut(a0), .refused("token_invalid")) } == ["good token refused"])
        // It is good after a sign-out as well: it is checked by itself.
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOut(a0), .done)
                $0.add(.check(a0), .done)
            } == [])
    }

    @Test("A refresh that answers with another session, and a session that two sign-ins began")
    func sessions() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.refresh(a0, to: b0)
            } == ["tokens that differ"])
        #expect(
            broken {
                $0.signIn(a0)
                $0.signIn(a1)
            } == ["session of another"])
    }

    @Test("An old password that is still good, and a good one that is refused")
    func passwords() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.change(a0, to: a9)
                $0.signIn(b1)
            } == ["old password accepted"])
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signIn(password: 0), .refused("invalid_credentials"))
            } == ["good password refused"])
        #expect(broken { $0.signIn(a0, password: 7) } == ["password that nobody chose"])
        // A change that was not answered leaves both possible, and what a sign-in shows is known from then on.
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.changePassword(a0, from: 0, to: 1), .lost)
                $0.add(.signIn(password: 1), .refused("invalid_credentials"))
                $0.signIn(b1, password: 1)
                $0.add(.signIn(password: 0), .refused("invalid_credentials"))
            } == [])
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.changePassword(a0, from: 0, to: 1), .lost)
                $0.signIn(b1, password: 1)
                $0.add(.signIn(password: 1), .refused("invalid_credentials"))
            } == ["good password refused"])
    }

    @Test("One user's revocations are no reason for another's refusals")
    func users() {
        #expect(
            broken {
                $0.signIn(a0)
                $0.add(.signOutEverywhere(a0), .done)
                $0.add(.signIn(password: 0), MadeUpHistory.tokens(b0), user: "bert")
                $0.add(.refresh(b0), .refused("token_revoked"), user: "bert")
            } == ["refused without a reason"])
    }
}

extension TokenFacts {
    fileprivate func `in`(_ session: String) -> TokenFacts {
        TokenFacts(session: session, count: count, id: id)
    }
}
