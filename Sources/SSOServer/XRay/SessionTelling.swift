import Foundation
import Identity

/// What servers that remember sessions have to tell, so that it can be held beside what signed tokens tell.
struct SessionTelling: Sendable {
    let place: Settings.SessionPlace
    /// What people call the other server.
    let peer: String
    let cookieName: String
    /// How many seconds a session lives.
    let life: Int

    /// A session was found and is good.
    func letIn(_ session: OwnedSession, by secret: SessionSecret) -> XRay {
        let reason: String
        let foundIn: String
        let count: String
        switch place {
        case .local:
            reason =
                "This server remembers you: the random id in your cookie is in its own memory, so it asked nobody. The "
                + "\(peer) server does not remember you: you would have to sign in there as well, and where both are on "
                + "one host, that takes this cookie's place. When this server is restarted, it has forgotten you too."
            foundIn = "this server's memory"
            count =
                "\(session.session.count) as far as this server knows; it is not compared, as that would be a read: "
                + "when you sign out everywhere at the \(peer) server, this one does not hear of it"
        case .shared:
            reason =
                "The database was asked who you are, as for every request: the random id in your cookie says nothing "
                + "by itself. The \(peer) server asks the same database, so it knows you too, as long as the database "
                + "answers."
            foundIn = "the database, in one read"
            count = "\(session.session.count), kept with the session, and the same with you in that read"
        }
        return XRay(
            verdict: .letIn, reason: reason,
            facts: [
                cookie(secret), .init("Found in", foundIn),
                .init("Kept under", "\(session.session.id.rawValue), the SHA-256 of what the cookie holds"),
                .init("Signed in", Self.text(session.session.createdAt)), .init("Count", count),
                .init("Rule", "the session is there, was not ended, and is not too old"),
            ],
            token: nil, expiresAt: session.session.createdAt + life)
    }

    /// No session was found, or none that is good.
    func refused(_ refusal: SessionRefusal, _ secret: SessionSecret) -> XRay {
        let why: String
        switch (refusal, place) {
        case (.unknown, .local):
            why =
                "a session id came that this server does not know: it was made by another server, or this one was "
                + "restarted, or the session was ended, of which memory keeps no trace"
        case (.unknown, .shared):
            why =
                "a session id came that is not in the database: it was made by a server that keeps sessions in its own "
                + "memory, or was forgotten since, or made up"
        case (.ended, _): why = "its session was ended: somebody signed out of it"
        case (.expired, _): why = "its session began too long ago"
        case (.outdated(let kept, let now), _):
            why =
                "its session is of count \(kept), and yours in the database is now \(now): since you signed in, somebody "
                + "signed out everywhere or changed the password"
        }
        return XRay(
            verdict: .refused, reason: "Your session id was refused: \(why). So you have to sign in again.",
            facts: [
                cookie(secret),
                .init("Looked for in", place == .local ? "this server's memory" : "the database, in one read"),
                .init("Rule that failed", Self.rule(refusal)),
            ],
            token: nil, expiresAt: nil)
    }

    private static func rule(_ refusal: SessionRefusal) -> String {
        switch refusal {
        case .unknown: "the session is there"
        case .ended: "it was not ended"
        case .outdated: "its count is the user's"
        case .expired: "it is not too old"
        }
    }

    /// The cookie, with so little of the secret that the rest cannot be guessed.
    private func cookie(_ secret: SessionSecret) -> XRay.Fact {
        .init("Cookie", "\(cookieName), \(secret.text.prefix(6))…")
    }

    private static func text(_ time: Int) -> String {
        Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601)
    }
}
