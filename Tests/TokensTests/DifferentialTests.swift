import Testing

@testable import Tokens

/// Tokens that are nearly right, by the hundred thousand, through the fast way and the general one: whatever the fast
/// one accepts, the general one accepts too, with the same claims.
@Suite("The fast way and the general one")
struct DifferentialTests {
    /// Where a token is changed.
    enum Place: CaseIterable {
        /// In the finished token: its signature is wrong then.
        case token
        /// In the payload, which is signed afterwards, so that its reader has to find out.
        case payload
        /// In the header, likewise.
        case header
        /// Nowhere; but it is checked at another time.
        case time
    }

    private static let tokensPerPlace = 60_000

    @Test("They come to the same verdict on tokens changed in one place", arguments: Place.allCases)
    func sameVerdict(place: Place) throws {
        var random = SeededGenerator()
        let verifier = try Sample.verifier()
        var accepted = 0
        for _ in 0..<Self.tokensPerPlace {
            let isAccess = Bool.random(using: &random)
            let token = try token(changed: place, isAccess: isAccess, &random)
            let times = [Sample.now, 1_699_999_994, 1_699_999_995, 1_700_000_899, 1_700_000_900]
            let now = place == .time ? times[Int.random(in: 0..<times.count, using: &random)] : Sample.now
            let isGood =
                isAccess
                ? agree(token, AccessClaims.self, verifier, now, random.seed)
                : agree(token, RefreshClaims.self, verifier, now, random.seed)
            if isGood { accepted += 1 }
        }
        // Were none accepted, or all, this would show nothing. A changed header or token is never one that we issued,
        // but for the changes that change nothing.
        #expect(accepted < Self.tokensPerPlace, "seed \(random.seed)")
        #expect(accepted > (place == .payload || place == .time ? Self.tokensPerPlace / 50 : 0), "seed \(random.seed)")
    }

    /// Whether the fast way accepts a token; an issue if the general way sees it differently.
    private func agree<Claims: TokenClaims>(
        _ token: [UInt8], _ kind: Claims.Type, _ verifier: TokenVerifier, _ now: Int, _ seed: UInt64
    ) -> Bool {
        let fast = token.withUnsafeBytes { verifier.known($0, isAccess: kind == AccessClaims.self, at: now) }
        let general: Result<VerifiedToken<Claims>, TokenError>
        do throws(TokenError) {
            general = .success(try verifier.verifyInGeneral(token, as: kind, at: now))
        } catch {
            general = .failure(error)
        }
        let verdict: Result<VerifiedToken<Claims>, TokenError>
        do throws(TokenError) {
            verdict = .success(try verifier.verify(String(decoding: token, as: UTF8.self), as: kind, at: now))
        } catch {
            verdict = .failure(error)
        }
        // The whole verifier says what the general way says; as text, bytes that are no UTF-8 are others.
        let isText = String(validating: token, as: UTF8.self) != nil
        if isText, !isSame(verdict, general) {
            Issue.record("the verifier differs on \(String(decoding: token, as: UTF8.self)) at \(now), seed \(seed)")
        }
        guard let fast else { return false }
        if !isSame(.success(VerifiedToken<Claims>(fast)), general) {
            Issue.record("the fast way differs on \(String(decoding: token, as: UTF8.self)) at \(now), seed \(seed)")
        }
        return true
    }

    private func isSame<Claims: TokenClaims>(
        _ a: Result<VerifiedToken<Claims>, TokenError>, _ b: Result<VerifiedToken<Claims>, TokenError>
    ) -> Bool {
        switch (a, b) {
        case (.success(let a), .success(let b)): a.claims == b.claims && a.keyID == b.keyID
        case (.failure(let a), .failure(let b)): a == b
        default: false
        }
    }

    // MARK: Tokens

    private func token(changed place: Place, isAccess: Bool, _ random: inout SeededGenerator) throws -> [UInt8] {
        let key = Bool.random(using: &random) ? try Sample.firstKey() : try Sample.secondKey()
        let type = isAccess ? AccessClaims.type : RefreshClaims.type
        var header = Array("{\"alg\":\"HS256\",\"kid\":\"\(key.id)\",\"typ\":\"\(type)\"}".utf8)
        var payload = Array((isAccess ? Sample.payload : Sample.refreshPayload).text.utf8)
        if Bool.random(using: &random) {
            // As the servers write it: in front of the token's id.
            let text = String(decoding: payload, as: UTF8.self)
            payload = Array(text.replacing(",\"jti\"", with: ",\"auth_time\":1699990000,\"jti\"").utf8)
        }
        if place == .header { change(&header, &random) }
        if place == .payload { change(&payload, &random) }
        var token = Array("\(Base64URL.encode(header)).\(Base64URL.encode(payload))".utf8)
        token += Array(".\(Base64URL.encode(HS256.signature(of: token, key: key)))".utf8)
        if place == .token { change(&token, &random) }
        return token
    }

    /// What readers of JSON and base64 stumble over.
    private static let characters = Array("\"\\,:{}[]0123456789-+eE. \t\n\u{0}\u{1F}\u{7F}\u{80}éAz/_=".utf8) + [0xFF]

    /// Changes one to three things; now and then, nothing.
    private func change(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let character = Self.characters[Int.random(in: 0..<Self.characters.count, using: &random)]
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = character
            case 2: bytes.insert(character, at: place)
            case 3: bytes.remove(at: place)
            case 4: bytes.removeSubrange(place...)
            case 5: bytes.insert(contentsOf: bytes[place...].prefix(Int.random(in: 1...40, using: &random)), at: place)
            case 6: bytes[place] = UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &random)
            default: bytes.append(character)
            }
        }
    }
}
