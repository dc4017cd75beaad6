/// The shape in which this cluster writes its tokens of one kind with one key: the encoded header, and what the payload
/// begins with. Nearly every token that comes has it, and is verified here in one pass. Any other, and any that is not
/// accepted here, goes the general way in ``TokenVerifier``, which decides; so this may say no to anything, but yes only
/// to what the general way accepts, with the same claims.
final class KnownShape: Sendable {
    /// The key that signs tokens of this shape.
    let keyID: String
    /// The cluster's name, which is `aud` in all of them.
    let audience: String
    /// The first part of the token, with its dot.
    private let header: [UInt8]
    /// The key's state after the header.
    private let state: HS256.State
    /// What the payload begins with, for each issuer.
    private let openings: [Opening]
    private let carriesName: Bool
    private let leeway: Int

    private struct Opening: Sendable {
        let issuer: String
        let text: [UInt8]
    }

    /// The length of a signature's encoding with the dot before it.
    private static let signatureLength = 44

    init<Claims: TokenClaims>(
        _ kind: Claims.Type, key: Key, audience: String, issuers: [String], leeway: Int
    ) {
        keyID = key.id
        self.audience = audience
        header = Header.encoded(key: key, type: Claims.type)
        state = key.state.absorbing(header)
        // A claim is never empty, so an empty name is nobody's.
        openings = issuers.filter { !$0.isEmpty && !audience.isEmpty }.map { issuer in
            var json = JSONText(capacity: 64)
            json.add(raw: "{\"iss\":\"")
            json.add(contentOf: issuer)
            json.add(raw: "\",\"aud\":\"")
            json.add(contentOf: audience)
            json.add(raw: "\",\"sub\":\"")
            return Opening(issuer: issuer, text: json.bytes)
        }
        carriesName = Claims.self == AccessClaims.self
        self.leeway = leeway
    }

    /// The payload of a token of this shape that is good at this time, and where in it stands whose it is; nil for any
    /// other token.
    func verify(_ token: UnsafeRawBufferPointer, at now: Int) -> (payload: [UInt8], identity: IdentityPlaces)? {
        let dot = token.count - Self.signatureLength
        guard token.count <= CompactToken.maximumLength, dot > header.count, token[dot] == UInt8(ascii: "."),
            hasHeader(token)
        else { return nil }
        let signed = UnsafeRawBufferPointer(rebasing: token[header.count..<dot])
        let text = UnsafeRawBufferPointer(rebasing: token[(dot + 1)...])
        guard isSignature(text, of: signed) else { return nil }

        var identity: IdentityPlaces?
        let payload = [UInt8](unsafeUninitializedCapacity: Base64URL.capacity(forDecoding: signed.count)) {
            room, count in
            let room = UnsafeMutableRawBufferPointer(room)
            guard let start = room.baseAddress, let length = Base64URL.decode(signed, into: start) else { return }
            count = length
            let payload = UnsafeRawBufferPointer(rebasing: room[..<length])
            if let claims = read(payload), now < claims.expiresAt, claims.issuedAt <= now + leeway {
                identity = IdentityPlaces(
                    subject: claims.subject, session: claims.session, count: claims.count, issuedAt: claims.issuedAt,
                    expiresAt: claims.expiresAt)
            }
        }
        return identity.map { (payload, $0) }
    }

    /// The claims in a payload that ``verify(_:at:)`` gave.
    func claims(_ payload: [UInt8]) -> (SessionClaims, userName: String?) {
        payload.withUnsafeBytes { bytes in
            guard let places = read(bytes) else { preconditionFailure("this payload was read before") }
            func string(_ place: Range<Int>) -> String { String(decoding: bytes[place], as: UTF8.self) }
            let session = SessionClaims(
                issuer: openings[places.opening].issuer, audience: audience, subject: string(places.subject),
                sessionID: string(places.session), count: places.count, issuedAt: places.issuedAt,
                expiresAt: places.expiresAt, authenticatedAt: places.authenticatedAt,
                tokenID: string(places.tokenID))
            return (session, places.name.map(string))
        }
    }

    private func hasHeader(_ token: UnsafeRawBufferPointer) -> Bool {
        var bytes = UncheckedBytes(token)
        return header.withUnsafeBytes { bytes?.skip($0) } ?? false
    }

    private func isSignature(_ text: UnsafeRawBufferPointer, of signed: UnsafeRawBufferPointer) -> Bool {
        // Room for one byte more than a signature has: see `capacity(forDecoding:)`.
        var decoded = SIMD64<UInt8>()
        return withUnsafeMutableBytes(of: &decoded) { room in
            guard let start = room.baseAddress, Base64URL.decode(text, into: start) == HS256.length else {
                return false
            }
            return HS256.areEqual(start.load(as: HS256.Signature.self), state.signature(of: signed))
        }
    }

    /// What a payload says, and where its strings stand.
    private struct Places {
        let opening: Int
        let subject: Range<Int>
        let name: Range<Int>?
        let session: Range<Int>
        let count: Int
        let issuedAt: Int
        let expiresAt: Int
        let authenticatedAt: Int?
        let tokenID: Range<Int>
    }

    /// Reads a payload that is written exactly as ``TokenClaims/payload`` writes it; nil for any other.
    @inline(__always)
    private func read(_ payload: UnsafeRawBufferPointer) -> Places? {
        guard let start = UncheckedBytes(payload) else { return nil }
        for opening in openings.indices {
            var bytes = start
            guard openings[opening].text.withUnsafeBytes({ bytes.skip($0) }) else { continue }
            guard let subject = bytes.plainString() else { return nil }
            var name: Range<Int>?
            if carriesName {
                guard bytes.skip(",\"name\":\""), let text = bytes.plainString() else { return nil }
                name = text
            }
            guard bytes.skip(",\"sid\":\""), let session = bytes.plainString(),
                bytes.skip(",\"count\":"), let count = bytes.natural(),
                bytes.skip(",\"iat\":"), let issuedAt = bytes.natural(),
                bytes.skip(",\"exp\":"), let expiresAt = bytes.natural()
            else { return nil }
            var authenticatedAt: Int?
            var ahead = bytes
            if ahead.skip(",\"auth_time\":") {
                guard let time = ahead.natural() else { return nil }
                authenticatedAt = time
                bytes = ahead
            }
            guard bytes.skip(",\"jti\":\""), let tokenID = bytes.plainString(),
                bytes.skip("}"), bytes.isAtEnd
            else { return nil }
            return Places(
                opening: opening, subject: subject, name: name, session: session, count: count, issuedAt: issuedAt,
                expiresAt: expiresAt, authenticatedAt: authenticatedAt, tokenID: tokenID)
        }
        return nil
    }
}
