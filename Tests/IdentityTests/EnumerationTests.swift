import Testing

@testable import Identity

/// Work is counted here, not timed: a clock's verdict would depend on what else the machine does.
@Suite("Nobody learns who has an account")
struct EnumerationTests {
    @Test(
        "A sign-in costs one password hash, whoever is asked for", arguments: ["anna", "nobody", "no name", "", "' --"])
    func oneHash(name: String) async throws {
        try await withSignOn { stage in
            _ = try await stage.signedIn()
            for password in ["wrong horse", "", String(repeating: "x", count: 100_000)] {
                let before = stage.hasher.done
                await #expect(throws: IdentityError.invalidCredentials) {
                    try await stage.bank.signIn(username: name, password: password)
                }
                #expect(stage.hasher.done - before == 1)
            }
        }
    }

    @Test(
        "The hash that nobody has is as costly as a new one, and no password's",
        arguments: ["1,1,1", "2,8,2", "15,8,3"])
    func sameCost(cost: String) {
        let decoy = PasswordHash(decoyOf: .cost(cost))
        #expect(decoy.cost == .cost(cost))
        #expect(decoy.matches(Password(presented: "correct horse")) == false)
    }
}
