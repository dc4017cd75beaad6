import Foundation
import Testing

@testable import Tokens

/// Random numbers that come out the same for the same seed (SplitMix64), so that a failure can be repeated.
///
/// `TEST_SEED` sets the seed; without it, it is another in each run. Every expectation names it in its comment.
struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init() {
        seed = ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}

/// A payload or header as a list of members, so that a test can leave one out, write it twice or spoil it.
struct Members {
    var list: [(name: String, json: String)]

    var text: String { "{" + list.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}" }

    /// The same with another value for one member, which is added if there is none of that name.
    func with(_ name: String, _ json: String) -> Members {
        var changed = self
        if let index = list.firstIndex(where: { $0.name == name }) {
            changed.list[index].json = json
        } else {
            changed.list.append((name, json))
        }
        return changed
    }

    func without(_ name: String) -> Members {
        Members(list: list.filter { $0.name != name })
    }

    /// The same with one more member at the end, whether or not there is one of that name.
    func adding(_ name: String, _ json: String) -> Members {
        Members(list: list + [(name, json)])
    }
}

/// What the tests of tokens work with: a ring of two keys, one time, and a token of each kind that is good at it.
enum Sample {
    static let now = 1_700_000_100

    static let header = Members(list: [("alg", "\"HS256\""), ("kid", "\"first\""), ("typ", "\"at+jwt\"")])
    static let refreshHeader = header.with("typ", "\"rt+jwt\"")

    static let payload = Members(list: [
        ("iss", "\"bank\""), ("aud", "\"sso\""), ("sub", "\"user-1\""), ("name", "\"anna\""),
        ("sid", "\"session-1\""), ("count", "3"), ("iat", "1700000000"), ("exp", "1700000900"),
        ("jti", "\"token-1\""),
    ])
    static let refreshPayload = payload.without("name")

    static let session = SessionClaims(
        issuer: "bank", audience: "sso", subject: "user-1", sessionID: "session-1", count: 3,
        issuedAt: 1_700_000_000, expiresAt: 1_700_000_900, tokenID: "token-1")
    static let access = AccessClaims(session: session, userName: "anna")
    static let refresh = RefreshClaims(session: session)

    static func firstKey() throws -> Key { try Key(id: "first", secret: [UInt8](repeating: 1, count: 32)) }
    static func secondKey() throws -> Key { try Key(id: "second", secret: [UInt8](repeating: 2, count: 32)) }
    static func ring() throws -> KeyRing { try KeyRing([firstKey(), secondKey()]) }

    static func verifier(_ keys: KeyRing? = nil) throws -> TokenVerifier {
        TokenVerifier(keys: try keys ?? ring(), audience: "sso", issuers: ["bank", "retirement"])
    }

    /// A token with any header and payload, signed with a real key: only what they say can be wrong with it.
    static func forged(header: String = header.text, payload: String = payload.text, key: Key? = nil) throws -> String {
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        return input + "." + Base64URL.encode(HS256.signature(of: Array(input.utf8), key: try key ?? firstKey()))
    }

    /// The rule that an access token fails, or nil if it is good.
    static func refusal(_ token: String, at now: Int = now, keys: KeyRing? = nil) throws -> TokenError? {
        let verifier = try verifier(keys)
        do {
            _ = try verifier.verify(token.utf8, as: AccessClaims.self, at: now)
            return nil
        } catch {
            return error
        }
    }
}
