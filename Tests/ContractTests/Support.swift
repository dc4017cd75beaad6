import Curl
import Foundation
import Harness
import Synchronization
import Testing

/// Which server a story begins at, and at which it goes on.
enum Direction: String, CaseIterable, Sendable {
    case bankToRetirement
    case retirementToBank
}

/// A running cluster, seen from one direction.
struct Stage: Sendable {
    let cluster: Cluster
    /// Where people sign in.
    let here: ServerProcess
    /// Where they go then.
    let there: ServerProcess

    /// Registers a user here and signs in: a program with tokens.
    func signedInProgram(
        _ username: String = "alice", password: String = goodPassword
    ) async throws -> Visitor {
        let program = Visitor.program(named: username)
        try #require(try await program.register(at: here, username: username, password: password).status == 201)
        try #require(try await program.signIn(at: here, username: username, password: password).status == 200)
        return program
    }

    /// Registers a user here and signs in: a browser with cookies.
    func signedInBrowser(
        _ username: String = "alice", password: String = goodPassword
    ) async throws -> Visitor {
        let browser = Visitor.browser(named: username)
        try #require(try await browser.register(at: here, username: username, password: password).status == 201)
        try #require(try await browser.signIn(at: here, username: username, password: password).status == 303)
        return browser
    }
}

/// A password that every rule likes.
let goodPassword = "correct horse battery"

/// Lets a few clusters run at once: all of them together would be hundreds of processes.
private let gate = Gate(places: 4 * ProcessInfo.processInfo.activeProcessorCount)

/// Lets in as many as there are places, and the next when somebody leaves.
private final class Gate: Sendable {
    private struct State {
        var places: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(places: Int) {
        state = Mutex(State(places: places))
    }

    func enter() async {
        await withCheckedContinuation { continuation in
            let mayEnter = state.withLock { state in
                guard state.places > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.places -= 1
                return true
            }
            if mayEnter { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.places += 1
            return nil
        }
        next?.resume()
    }
}

/// Plays a story on a new cluster.
func onStage(
    _ direction: Direction, _ options: Cluster.Options = .init(), _ story: (Stage) async throws -> Void
) async throws {
    await gate.enter()
    defer { gate.leave() }
    try await Cluster.with(options) { cluster in
        switch direction {
        case .bankToRetirement:
            try await story(Stage(cluster: cluster, here: cluster.bank, there: cluster.retirement))
        case .retirementToBank:
            try await story(Stage(cluster: cluster, here: cluster.retirement, there: cluster.bank))
        }
    }
}

/// Gives a new temporary folder that only we may enter, and removes it in the end.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sso-contract-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// The permissions of a file or folder.
func mode(of path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
}

/// The names of the two servers' executables.
let serverNames = ["bank", "retirement"]

extension ServerProcess {
    /// The path of what this server alone serves.
    var dataPath: String { name == "bank" ? "/api/accounts" : "/api/plan" }

    /// The path of what only the other server serves.
    var foreignDataPath: String { name == "bank" ? "/api/plan" : "/api/accounts" }
}

/// Expects an answer in `application/problem+json` with exactly the contract's members.
func expectProblem(
    _ answer: Exchange, _ status: Int, _ code: String, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(answer.status == status, comment, sourceLocation: sourceLocation)
    #expect(answer.header("Content-Type") == "application/problem+json", comment, sourceLocation: sourceLocation)
    #expect(
        answer.response.jsonKeys == ["code", "detail", "status", "title"], comment, sourceLocation: sourceLocation)
    #expect(answer.json("code") == code, comment, sourceLocation: sourceLocation)
    #expect(answer.jsonInteger("status") == status, comment, sourceLocation: sourceLocation)
    #expect(answer.json("title")?.isEmpty == false, comment, sourceLocation: sourceLocation)
    #expect(answer.json("detail")?.isEmpty == false, comment, sourceLocation: sourceLocation)
    #expect(answer.header("X-Request-Id")?.isEmpty == false, comment, sourceLocation: sourceLocation)
    #expect(answer.headers(named: "Set-Cookie") == [], comment, sourceLocation: sourceLocation)
}

/// Expects the refusal of a token: a problem 401 with the challenge of RFC 6750.
func expectRefusedToken(
    _ answer: Exchange, _ code: String = "token_invalid", _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectProblem(answer, 401, code, comment, sourceLocation: sourceLocation)
    #expect(
        answer.headers(named: "WWW-Authenticate") == ["Bearer error=\"invalid_token\""], comment,
        sourceLocation: sourceLocation)
}

/// Expects that nobody is signed in: 303 to the sign-in page, and no new cookie.
func expectSentToSignIn(
    _ answer: Exchange, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(answer.status == 303, comment, sourceLocation: sourceLocation)
    #expect(answer.header("Location")?.hasPrefix("/login?return_to=") == true, comment, sourceLocation: sourceLocation)
    #expect(answer.headers(named: "Set-Cookie") == [], comment, sourceLocation: sourceLocation)
}

/// Expects what the contract says of a start that fails: the exit code, one lowercase line, and a hint.
func expectRefusedStart(
    _ result: RunResult, _ status: Harness.ExitStatus, of server: String, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(result.status == status, comment, sourceLocation: sourceLocation)
    #expect(result.standardOutput == "", comment, sourceLocation: sourceLocation)
    let lines = result.standardError.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines.last == "", comment, sourceLocation: sourceLocation)
    let cause = lines.first ?? ""
    let causeStart = cause.dropFirst("\(server): ".count).first
    #expect(cause.hasPrefix("\(server): "), comment, sourceLocation: sourceLocation)
    #expect(causeStart?.isUppercase == false, comment, sourceLocation: sourceLocation)
    let hint = lines.count > 1 ? lines[1] : ""
    #expect(hint.hasPrefix("hint: ") && hint.utf8.count > 10, comment, sourceLocation: sourceLocation)
}
