import History
import Testing

@Suite("The checker on made-up histories: refresh tokens that are replaced")
struct RotationRuleTests {
    private let rule = Checker.Rule.rotation(grace: 30)

    @Test("A chain of tokens, with a repeated use within the grace and one that is too old")
    func good() {
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a0, to: a1)
                $0.refresh(a1, to: a2)
                $0.refused(a0, "token_reused")
                $0.refused(a2)
                $0.refused(a0, "token_reused")
            } == [])
    }

    @Test("Two who show one token get two successors")
    func branches() {
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a0, to: a2, begunBefore: 2)
            } == ["second successor"])
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a0, to: a1, begunBefore: 2)
            } == [])
    }

    @Test("Two tokens with one successor")
    func joined() {
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a1, to: a1)
            } == ["one successor of two"])
    }

    @Test("A token is good although its successor was used")
    func old() {
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a1, to: a2)
                $0.refresh(a0, to: a1)
            } == ["old token accepted"])
        // Shown before the successor's use was acknowledged, it may have been first.
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a1, to: a2)
                $0.refresh(a0, to: a1, begunBefore: 2)
            } == [])
    }

    @Test("A token is good although its grace is over, and refused although it is not")
    func grace() {
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.wait(seconds: 33)
                $0.refresh(a0, to: a1)
            } == ["old token accepted"])
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.wait(seconds: 27)
                $0.refresh(a0, to: a1)
                $0.wait(seconds: 6)
                $0.refused(a0, "token_reused")
            } == [])
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.wait(seconds: 27)
                $0.refused(a0, "token_reused")
            } == ["refused without a reason"])
    }

    @Test("A session goes on although an old token was shown")
    func ended() {
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a1, to: a2)
                $0.refused(a0, "token_reused")
                $0.refresh(a2, to: a3)
            } == ["revoked token accepted", "revoked token issued"])
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a1, to: a2)
                $0.refused(a0, "token_reused")
                $0.refresh(a2, to: a3, begunBefore: 2)
            } == [])
    }

    @Test("A refresh without an answer leaves its token good; one with an old token may have ended the session")
    func unanswered() {
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.add(.refresh(a0), .lost)
                $0.refresh(a0, to: a1)
                $0.wait(seconds: 33)
                $0.refused(a0, "token_reused")
            } == [])
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.refresh(a0, to: a1)
                $0.refresh(a1, to: a2)
                $0.add(.refresh(a0), .lost)
                $0.refused(a2)
            } == [])
        #expect(
            broken(rule) {
                $0.signIn(a0)
                $0.add(.refresh(a0), .lost)
                $0.refused(a0)
            } == ["refused without a reason"])
    }

    @Test("The database may only know a session as ended if an old token was shown")
    func stored() {
        let build = { (history: inout MadeUpHistory) in
            history.signIn(a0)
            history.refresh(a0, to: a1)
            history.refresh(a1, to: a2)
        }
        let ended = ["anna": StoredUser(count: 0, sessions: ["A": true])]
        #expect(broken(rule, stored: ended, build) == ["session ended by itself"])
        #expect(
            broken(rule, stored: ended) {
                build(&$0)
                $0.refused(a0, "token_reused")
            } == [])
    }
}
