import History
import Testing

@Suite("The checker on made-up histories: access tokens that were revoked")
struct AccessRuleTests {
    private static let bound = Duration.seconds(2)

    /// What may revoke a token of session A and count 0.
    enum Way: CaseIterable, Sendable {
        case signOut, signOutEverywhere, changePassword, reuse

        func happen(in history: inout MadeUpHistory) {
            switch self {
            case .signOut: history.add(.signOut(a0), .done)
            case .signOutEverywhere: history.add(.signOutEverywhere(a0), .done)
            case .changePassword: history.change(a0, to: a9)
            case .reuse: history.refused(a0, "token_reused")
            }
        }
    }

    /// A session, and if need be what makes its first token an old one.
    private func begin(_ history: inout MadeUpHistory, for way: Way) {
        history.signIn(a0)
        guard way == .reuse else { return }
        history.refresh(a0, to: a1)
        history.refresh(a1, to: a2)
    }

    @Test("Taken later than the bound, it is a violation, and before that it is none", arguments: Way.allCases)
    func taken(way: Way) {
        func broken(after seconds: Int) -> [String] {
            HistoryTests.broken(.rotation(grace: 5), accessBound: Self.bound) {
                begin(&$0, for: way)
                way.happen(in: &$0)
                $0.wait(seconds: seconds)
                $0.add(.check(a0), .done)
            }
        }
        #expect(broken(after: 3) == ["revoked access token accepted"])
        #expect(broken(after: 1) == [])
    }

    @Test("Refused after a revocation, at once or later, it is none", arguments: Way.allCases)
    func refused(way: Way) {
        for seconds in [0, 3] {
            #expect(
                broken(.rotation(grace: 5), accessBound: Self.bound) {
                    begin(&$0, for: way)
                    way.happen(in: &$0)
                    $0.wait(seconds: seconds)
                    $0.add(.check(a0), .refused("token_revoked"))
                } == [])
        }
    }

    @Test("Refused though nobody revoked it, or for another reason, it is a violation")
    func refusedWithoutReason() {
        for code in ["token_revoked", "token_expired"] {
            #expect(
                broken(accessBound: Self.bound) {
                    $0.signIn(a0)
                    $0.add(.signOut(b0), code == "token_revoked" ? .done : .lost)
                    $0.add(.check(a0), .refused(code))
                } == ["good token refused"])
        }
    }

    @Test("A revocation without an answer proves nothing, and may explain a refusal")
    func lost() {
        for answer in [Answer.done, .refused("token_revoked")] {
            #expect(
                broken(accessBound: Self.bound) {
                    $0.signIn(a0)
                    $0.add(.signOutEverywhere(a0), .lost)
                    $0.wait(seconds: 3)
                    $0.add(.check(a0), answer)
                } == [])
        }
    }

    @Test("Another session's end and another user's count are nobody else's")
    func others() {
        #expect(
            broken(accessBound: Self.bound) {
                $0.signIn(a0)
                $0.signIn(b0)
                $0.add(.signOut(b0), .done)
                $0.add(.signOutEverywhere(a0), .done, user: "bob")
                $0.wait(seconds: 3)
                $0.add(.check(a0), .done)
            } == [])
    }

    @Test("Where access tokens live until they expire, all of them may pass, and none may be refused")
    func withoutFeed() {
        func broken(_ answer: Answer) -> [String] {
            HistoryTests.broken {
                $0.signIn(a0)
                $0.add(.signOut(a0), .done)
                $0.wait(seconds: 3)
                $0.add(.check(a0), answer)
            }
        }
        #expect(broken(.done) == [])
        #expect(broken(.refused("token_revoked")) == ["good token refused"])
    }
}
