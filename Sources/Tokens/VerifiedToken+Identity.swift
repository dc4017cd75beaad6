/// What a list of revocations is asked by, read without making a claim of it: such a list is asked with every request.
extension VerifiedToken {
    /// `count`, and `iat` and `exp` in whole seconds since 1970.
    public var numbers: (count: Int, issuedAt: Int, expiresAt: Int) {
        switch content {
        case .payload(_, _, let places): (places.count, places.issuedAt, places.expiresAt)
        case .decoded(let session, _, _): (session.count, session.issuedAt, session.expiresAt)
        }
    }

    /// What stands for `sub` and for `sid`.
    public func fingerprints(by fingerprint: Fingerprint) -> (user: UInt64, session: UInt64) {
        switch content {
        case .payload(let payload, _, let places):
            payload.withUnsafeBytes { bytes in
                (
                    fingerprint.of(.user, UnsafeRawBufferPointer(rebasing: bytes[places.subject])),
                    fingerprint.of(.session, UnsafeRawBufferPointer(rebasing: bytes[places.session]))
                )
            }
        case .decoded(let session, _, _):
            (fingerprint.of(.user, session.subject), fingerprint.of(.session, session.sessionID))
        }
    }
}

/// Where in a payload of a known shape stands what a list of revocations is asked by. Small, as every verified token carries it.
struct IdentityPlaces: Sendable {
    // A token has 4,096 bytes at most.
    private let subjectStart: UInt16
    private let subjectEnd: UInt16
    private let sessionStart: UInt16
    private let sessionEnd: UInt16
    let count: Int
    let issuedAt: Int
    let expiresAt: Int

    init(subject: Range<Int>, session: Range<Int>, count: Int, issuedAt: Int, expiresAt: Int) {
        subjectStart = UInt16(truncatingIfNeeded: subject.lowerBound)
        subjectEnd = UInt16(truncatingIfNeeded: subject.upperBound)
        sessionStart = UInt16(truncatingIfNeeded: session.lowerBound)
        sessionEnd = UInt16(truncatingIfNeeded: session.upperBound)
        self.count = count
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    var subject: Range<Int> { Int(subjectStart)..<Int(subjectEnd) }
    var session: Range<Int> { Int(sessionStart)..<Int(sessionEnd) }
}
