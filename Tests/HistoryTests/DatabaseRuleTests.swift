import History
import Testing

@Suite("The checker on made-up histories: what the database must hold")
struct DatabaseRuleTests {
    private func stored(_ count: Int, _ sessions: [String: Bool]) -> [String: StoredUser] {
        ["anna": StoredUser(count: count, sessions: sessions)]
    }

    private func life(_ history: inout MadeUpHistory) {
        history.signIn(a0)
        history.signIn(b0)
        history.add(.signOut(a0), .done)
        history.add(.signOutEverywhere(b0), .done)
    }

    @Test("It holds what was acknowledged")
    func good() {
        #expect(broken(stored: stored(1, ["A": true, "B": false]), life) == [])
    }

    @Test("A count, a session, a sign-out or a user that was acknowledged is gone")
    func lost() {
        #expect(broken(stored: stored(0, ["A": true, "B": false]), life) == ["count lost"])
        #expect(broken(stored: stored(1, ["A": true]), life) == ["session lost"])
        #expect(broken(stored: stored(1, ["A": false, "B": false]), life) == ["sign-out lost"])
        #expect(broken(stored: [:], life) == ["user lost"])
    }

    @Test("Something is there that nobody asked for")
    func tooMuch() {
        #expect(broken(stored: stored(2, ["A": true, "B": false]), life) == ["count grew by itself"])
        #expect(broken(stored: stored(1, ["A": true, "B": true]), life) == ["session ended by itself"])
        #expect(broken(stored: stored(1, ["A": true, "B": false, "C": false]), life) == ["session of nobody"])
    }

    @Test("What was not answered may be there or not, once")
    func unanswered() {
        let build = { (history: inout MadeUpHistory) in
            history.signIn(a0)
            history.add(.signIn(password: 0), .lost)
            history.add(.signOut(a0), .lost)
            history.add(.signOutEverywhere(a0), .lost)
        }
        #expect(broken(stored: stored(1, ["A": true, "B": false]), build) == [])
        #expect(broken(stored: stored(0, ["A": false]), build) == [])
        #expect(broken(stored: stored(2, ["A": true]), build) == ["count grew by itself"])
        #expect(broken(stored: stored(0, ["A": true, "B": false, "C": false]), build) == ["session of nobody"])
    }
}
