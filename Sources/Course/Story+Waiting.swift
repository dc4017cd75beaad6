import Curl
import Foundation
import Harness

extension Story {
    /// What all customers in these stories chose.
    public static let password = "correct horse battery"

    /// Waits until a browser has dropped its access cookie, at the end of the token's life.
    func waitUntilDropped(by browser: Participant) async throws {
        say("… until the access cookie has expired …")
        try await waitUntil("the browser drops the access cookie") {
            browser.visitor.cookie(named: "sso_access") == nil
        }
    }

    /// Asks with an access token until it is refused, and measures.
    ///
    /// Only the refusal is told: the times before were all the same.
    ///
    /// - Returns: for how many seconds from now on it was still accepted, at least.
    func secondsUntilRefused(
        _ participant: Participant, at server: ServerProcess
    ) async throws -> Double {
        let start = ContinuousClock.now
        var accepted = start
        try await waitUntil("\(server.called) refuses the token", timeout: .seconds(20)) {
            let asked = ContinuousClock.now
            let answer = try await participant.visitor.get(server, "/api/me")
            if answer.status == 200 {
                accepted = asked
                return false
            }
            show(answer, by: participant.visitor, at: server)
            expect(
                "\(server.called) refuses it as expired", answer.status == 401 && answer.json("code") == "token_expired"
            )
            return true
        }
        return (accepted - start) / .seconds(1)
    }
}

extension Story {
    /// Asks with an access token until it is refused as revoked, and measures from a moment on. Only the refusal is told.
    ///
    /// - Returns: after how many seconds it was refused.
    func secondsUntilRevoked(
        _ participant: Participant, at server: ServerProcess, since start: ContinuousClock.Instant
    ) async throws -> Double {
        var seconds = 0.0
        try await waitUntil("\(server.called) refuses the token", timeout: .seconds(20)) {
            let answer = try await participant.visitor.get(server, "/api/me")
            seconds = (ContinuousClock.now - start) / .seconds(1)
            if answer.status == 200 { return false }
            show(answer, by: participant.visitor, at: server)
            expect(
                "\(server.called) refuses it as revoked", answer.status == 401 && answer.json("code") == "token_revoked"
            )
            expect("and asked nobody for that", answer.serverTiming?.auth == 0)
            return true
        }
        return seconds
    }
}

extension Cluster {
    /// Adds customers, with the password that all of them chose.
    func add(_ users: String...) async throws {
        let registrar = Visitor.program(named: "registrar")
        for user in users {
            let answer = try await registrar.register(at: bank, username: user, password: Story.password)
            guard answer.status == 201 else {
                throw HarnessError.misuse("\(user) could not be added: \(answer.status)")
            }
        }
    }

    /// Options with access tokens that live for some seconds; nil is as long as ever.
    static func options(accessTTLAtBank: Int? = nil, atRetirement: Int? = nil) -> Options {
        var options = Options()
        if let accessTTLAtBank { options.bankArguments = ["--access-ttl", "\(accessTTLAtBank)"] }
        if let atRetirement { options.retirementArguments = ["--access-ttl", "\(atRetirement)"] }
        return options
    }

    /// The same of servers that hear nothing of revocations: access tokens live until they expire.
    static func deafOptions(accessTTLAtBank: Int? = nil, atRetirement: Int? = nil) -> Options {
        var options = options(accessTTLAtBank: accessTTLAtBank, atRetirement: atRetirement)
        options.arguments = ["--revocations", "off"]
        return options
    }
}

extension ServerProcess {
    /// How a sentence calls it.
    var called: String { name == "bank" ? "the bank" : name }
}

/// Seconds with one decimal.
func inSeconds(_ seconds: Double) -> String { String(format: "%.1f s", seconds) }

/// Milliseconds with one decimal.
func inMilliseconds(_ seconds: Double) -> String { String(format: "%.1f ms", seconds * 1000) }
