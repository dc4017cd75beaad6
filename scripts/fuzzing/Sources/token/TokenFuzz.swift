import Oracle

@testable import Tokens

private let keys = [
    Key.made("first", 1), Key.made("second", 2),
].compactMap { $0 }
private let verifier = (try? KeyRing(keys)).map {
    TokenVerifier(keys: $0, audience: "sso", issuers: ["bank", "retirement"], leeway: 5)
}

/// The whole verification: the fast way accepts nothing that the general way does not, both say the same of it, and
/// whatever is accepted was signed by a key of the ring.
///
/// The first byte chooses what is asked: which kind, at which time, and what the rest is: a token; a payload, or a header
/// and a payload, which are signed here first, as a fuzzer would never find the signature; or another end for a good token.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = bytes(start, count)
    guard let choice = input.first, let verifier else { return 0 }
    let isAccess = choice & 1 == 0
    let key = keys[Int(choice >> 1 & 1)]
    let now = [1_700_000_100, 1_699_999_994, 1_700_000_899, 1_700_000_900][Int(choice >> 2 & 3)]
    let type = isAccess ? AccessClaims.type : RefreshClaims.type
    let rest = input.dropFirst()
    var token: [UInt8]
    switch choice >> 4 & 3 {
    case 0:
        token = Array(rest)
    case 1:
        token = signed(Array("{\"alg\":\"HS256\",\"kid\":\"\(key.id)\",\"typ\":\"\(type)\"}".utf8), Array(rest), key)
    case 2:
        let header = rest.prefix { $0 != UInt8(ascii: "\n") }
        token = signed(Array(header), Array(rest.dropFirst(header.count + 1)), key)
    default:
        let header = Array("{\"alg\":\"HS256\",\"kid\":\"\(key.id)\",\"typ\":\"\(type)\"}".utf8)
        token = signed(header, goodPayload, key).dropLast(Int(rest.first ?? 0)) + Array(rest.dropFirst())
    }
    let accepted =
        isAccess
        ? verdict(token, AccessClaims.self, verifier, now) : verdict(token, RefreshClaims.self, verifier, now)
    // Nothing can be taken for the other kind as well.
    if accepted {
        let other =
            isAccess
            ? verdict(token, RefreshClaims.self, verifier, now) : verdict(token, AccessClaims.self, verifier, now)
        expect(!other, "it is both kinds of token")
        expect(isSigned(token), "no key has signed it")
    }
    return 0
}

private let goodPayload = Array(
    """
    {"iss":"bank","aud":"sso","sub":"user-1","name":"anna","sid":"session-1","count":3,"iat":1700000000,\
    "exp":1700000900,"jti":"token-1"}
    """.utf8)

private func signed(_ header: [UInt8], _ payload: [UInt8], _ key: Key) -> [UInt8] {
    let input = Array("\(Base64URL.encode(header)).\(Base64URL.encode(payload))".utf8)
    return input + Array(".\(Base64URL.encode(HS256.signature(of: input, key: key)))".utf8)
}

/// Whether a token is accepted; each way is asked, and they have to agree.
private func verdict<Claims: TokenClaims>(
    _ token: [UInt8], _ kind: Claims.Type, _ verifier: TokenVerifier, _ now: Int
) -> Bool {
    let fast = token.withUnsafeBytes { verifier.known($0, isAccess: kind == AccessClaims.self, at: now) }
    let general = outcome { () throws(TokenError) in try verifier.verifyInGeneral(token, as: kind, at: now) }
    let asBytes = outcome { () throws(TokenError) in try verifier.verify(token, as: kind, at: now) }
    expect(isSame(asBytes, general), "as bytes \(asBytes), in general \(general)")
    // As text, bytes that are no UTF-8 are others.
    if let text = String(validating: token, as: UTF8.self) {
        let asText = outcome { () throws(TokenError) in try verifier.verify(text, as: kind, at: now) }
        expect(isSame(asText, general), "as text \(asText), in general \(general)")
    }
    if let fast { expect(isSame(.success(VerifiedToken<Claims>(fast)), general), "the fast way accepts, \(general)") }
    guard case .success(let verified) = general else { return false }
    let session = verified.claims.session
    expect(session.audience.hasSameBytes(as: "sso"), "another audience")
    expect(["bank", "retirement"].contains { $0.hasSameBytes(as: session.issuer) }, "another issuer")
    expect(now < session.expiresAt && session.issuedAt <= now + 5, "another time")
    return true
}

private func outcome<Claims: TokenClaims>(
    _ verify: () throws(TokenError) -> VerifiedToken<Claims>
) -> Result<VerifiedToken<Claims>, TokenError> {
    do throws(TokenError) {
        return .success(try verify())
    } catch {
        return .failure(error)
    }
}

private func isSame<Claims: TokenClaims>(
    _ a: Result<VerifiedToken<Claims>, TokenError>, _ b: Result<VerifiedToken<Claims>, TokenError>
) -> Bool {
    switch (a, b) {
    case (.success(let a), .success(let b)): a.claims == b.claims && a.keyID.hasSameBytes(as: b.keyID)
    case (.failure(let a), .failure(let b)): a == b
    default: false
    }
}

extension Key {
    /// A key of 32 times the same byte.
    fileprivate static func made(_ id: String, _ byte: UInt8) -> Key? {
        try? Key(id: id, secret: [UInt8](repeating: byte, count: 32))
    }
}
