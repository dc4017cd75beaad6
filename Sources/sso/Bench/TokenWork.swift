import Foundation
import Identity
import Tokens

/// A library that verifies tokens, as a program that does it again and again.
struct TokenPeer {
    let name: String
    let arguments: [String]
    let input: [UInt8]

    static func all(_ token: SampleToken) -> [TokenPeer] {
        [
            TokenPeer(name: "libjwt", arguments: [], input: token.plainPeerInput),
            TokenPeer(name: "golang-jwt", arguments: ["verify"], input: token.peerInput),
            TokenPeer(name: "jwt-kit", arguments: [], input: token.peerInput),
        ]
    }
}

/// The same token again and again.
struct TokenWork {
    private let token: String
    private let now: Int
    private let verifier: TokenVerifier
    private let signer: TokenSigner
    private let claims: AccessClaims
    private let signingInput: [UInt8]
    private let hmac: BareHMAC
    private let verified: VerifiedToken<AccessClaims>

    init(_ sample: SampleToken) throws {
        try self.init(token: sample.text, jwkSet: sample.jwkSet, secret: sample.secret)
    }

    /// - Parameter secret: what the bare hash is keyed with.
    init(token: String, jwkSet: [UInt8], secret: [UInt8] = []) throws {
        let keys = try KeyRing(jwkSet: jwkSet)
        self.token = token
        now = Int(Date().timeIntervalSince1970)
        verifier = TokenVerifier(keys: keys, audience: "sso", issuers: ["bank", "retirement"])
        signer = TokenSigner(keys: keys)
        verified = try verifier.verify(token, as: AccessClaims.self, at: now)
        claims = verified.claims
        signingInput = Array(token.utf8.prefix(token.utf8.count - 44))
        hmac = BareHMAC(secret: secret)
    }

    /// What is measured within this process.
    func contenders(calls: Int) -> [Contender] {
        [
            Contender("the bare hash", .limit, .nanoseconds) { hash(calls) },
            Contender("ours: verify", .ours, .nanoseconds) { try verify(calls) },
            Contender("ours: verify and read the claims", .ours, .nanoseconds) { try verifyAndRead(calls) },
            Contender("ours: sign", .ours, .nanoseconds) { try sign(calls) },
        ]
    }

    /// The token against lists of so many revocations of other people's.
    func listContenders(calls: Int) -> [Contender] {
        Self.listSizes.map { size in
            let list = RevocationList(accessLife: 900, leeway: 5)
            for _ in stride(from: 0, to: size, by: 1_000) {
                list.add(
                    (0..<1_000).map { _ in
                        Revocation(user: UserID(rawValue: Self.anyID()), scope: .below(count: 1))
                    }, at: now)
            }
            return Contender(Self.listName(size), .ours, .nanoseconds) {
                nanosecondsPerCall(calls) { keep(list.verdict(on: verified, at: { now })) }
            }
        }
    }

    static let listSizes = [0, 1_000, 100_000, 1_000_000]

    static func listName(_ size: Int) -> String { "ours: hold against \(decimal(Double(size))) revocations" }

    private static func anyID() -> String {
        Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    func hash(_ calls: Int) -> Double {
        var digest = [UInt8](repeating: 0, count: 32)
        return nanosecondsPerCall(calls) { hmac.sign(signingInput, into: &digest) }
    }

    func verify(_ calls: Int) throws -> Double {
        try nanosecondsPerCall(calls) { keep(try verifier.verify(token, as: AccessClaims.self, at: now)) }
    }

    func verifyAndRead(_ calls: Int) throws -> Double {
        try nanosecondsPerCall(calls) { keep(try verifier.verify(token, as: AccessClaims.self, at: now).claims) }
    }

    func sign(_ calls: Int) throws -> Double {
        try nanosecondsPerCall(calls) { keep(try signer.sign(claims)) }
    }
}
