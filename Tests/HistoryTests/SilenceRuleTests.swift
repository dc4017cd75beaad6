import History
import Testing

@Suite("The checker on made-up histories: servers that could not hear of revocations")
struct SilenceRuleTests {
    private static let taken = ["revoked access token accepted"]

    /// The rules that a history breaks where servers hear of revocations within two seconds.
    private func broken(_ build: (inout MadeUpHistory) -> Void) -> [String] {
        HistoryTests.broken(accessBound: .seconds(2)) {
            $0.signIn(a0)
            build(&$0)
        }
    }

    @Test("What is revoked while a server is cut off, it may take until the bound after the healing, and no longer")
    func revokedMeanwhile() {
        for (meanwhile, afterwards, rules) in [(5, 0, []), (5, 1, []), (5, 3, Self.taken), (1, 3, Self.taken)] {
            #expect(
                broken {
                    $0.silence {
                        $0.add(.signOutEverywhere(a0), .done)
                        $0.wait(seconds: meanwhile)
                    }
                    $0.wait(seconds: afterwards)
                    $0.add(.check(a0), .done)
                } == rules, "\(meanwhile) s cut off and \(afterwards) s not")
        }
        #expect(
            broken {
                $0.silence {
                    $0.add(.signOut(a0), .done)
                    $0.wait(seconds: 20)
                    $0.add(.check(a0), .done)
                }
            } == [])
    }

    @Test("The other server has no such excuse")
    func otherServer() {
        #expect(
            broken {
                $0.silence(at: "retirement") {
                    $0.add(.signOut(a0), .done)
                    $0.wait(seconds: 3)
                    $0.add(.check(a0), .done, at: "retirement")
                    $0.add(.check(a0), .done, at: "bank")
                }
            } == Self.taken)
    }

    @Test("What was heard before stays in force, and what was revoked just before may not have been heard")
    func revokedBefore() {
        for (before, rules) in [(1, []), (3, Self.taken)] {
            #expect(
                broken {
                    $0.add(.signOut(a0), .done)
                    $0.wait(seconds: before)
                    $0.silence {
                        $0.wait(seconds: 5)
                        $0.add(.check(a0), .done)
                    }
                } == rules, "revoked \(before) s before")
        }
    }

    @Test("Between two silences there is time to hear, if it is as long as the bound")
    func twoSilences() {
        for (between, rules) in [(1, []), (3, Self.taken)] {
            #expect(
                broken {
                    $0.silence { $0.add(.signOut(a0), .done) }
                    $0.wait(seconds: between)
                    $0.silence {
                        $0.wait(seconds: 1)
                        $0.add(.check(a0), .done)
                    }
                } == rules, "\(between) s between")
        }
    }
}
