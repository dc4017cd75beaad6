import Tokens

/// What a browser holds of a session that servers remember: 256 random bits, which say nothing and cannot be guessed.
///
/// Whoever has it is signed in, so no server keeps it or logs it. What is kept is its SHA-256, which finds the session
/// and leads nowhere back: a database that is stolen, or a backup, or a page of devices hands out no session. A fast
/// hash without salt is enough, unlike for passwords, because nobody can try 2^256 of them. And since a session is
/// looked up by the hash of what came, how long the look-up takes tells nothing about a secret that comes close.
public struct SessionSecret: Sendable {
    /// The secret as the cookie carries it.
    public let text: String

    /// A new one: 32 bytes in base64url, 43 characters.
    public init() {
        text = Base64URL.encode(randomBytes(32))
    }

    /// One that came with a request: any text, which is most likely no session's.
    public init(presented text: String) {
        self.text = text
    }

    /// The id under which the session is kept: the SHA-256 of the secret's text, in base64url.
    public var id: SessionID {
        SessionID(rawValue: Base64URL.encode(sha256(text)))
    }
}
