import Testing

@testable import Identity

@Suite("How many users are added and mails sent")
struct AccountsAndMailsGateTests {
    @Test("A place adds so many users at once, then one now and then; what fails does not count")
    func registrations() async throws {
        try await Door.with { door async throws in
            func register(_ name: String, from place: Place = Door.attacker) async throws -> Int? {
                do throws(IdentityError) {
                    try await door.gate.registration(of: name, from: place) { () async throws(IdentityError) in }
                    return nil
                } catch .tooManyAttempts(let seconds) { return seconds }
            }
            for _ in 0..<20 {
                await #expect(throws: IdentityError.busy(retryAfter: 1)) {
                    try await door.gate.registration(of: "a", from: Door.attacker) { () async throws(IdentityError) in
                        throw .busy(retryAfter: 1)
                    }
                }
            }
            for index in 0..<8 { #expect(try await register("user\(index)") == nil) }
            #expect(try await register("one more") == 20)
            #expect(try await register("at home", from: Door.house) == nil)
            door.wait(seconds: 20)
            #expect(try await register("one more") == nil)
            #expect(try await register("two more") == 20)
        }
    }

    @Test("Mails are limited by user and by address, links apart from warnings")
    func mails() async throws {
        try await Door.with { door async throws in
            func mail(_ kind: MailKind, of user: String, to address: String = "anna@example.com") throws -> QueuedMail {
                QueuedMail(
                    id: "1", kind: kind, recipient: try EmailAddress(address), user: UserID(rawValue: user),
                    userName: try UserName("anna"), count: 0, userCount: 0, origin: nil, createdAt: 0, attempt: 1)
            }
            /// How many pass.
            func pass(_ count: Int, _ kind: MailKind, to address: String, of user: (Int) -> String) async throws -> Int
            {
                var passed = 0
                for index in 0..<count {
                    let sent = try mail(kind, of: user(index), to: address)
                    do throws(IdentityError) {
                        try await door.gate.mail(sent)
                        passed += 1
                    } catch .tooManyAttempts {}
                }
                return passed
            }
            #expect(try await pass(9, .passwordChanged, to: "anna@example.com") { _ in "1" } == 5)
            #expect(try await pass(9, .passwordReset, to: "anna@example.com") { _ in "1" } == 5)
            // Of many users, whose own limit is none.
            #expect(try await pass(60, .refreshReused, to: "Anna@Example.com") { "user \($0)" } == 45)
            #expect(try await pass(9, .refreshReused, to: "bob@example.com") { "other \($0)" } == 9)
            door.wait(seconds: 900)
            #expect(try await pass(9, .passwordChanged, to: "anna@example.com") { _ in "1" } == 1)
        }
    }
}
