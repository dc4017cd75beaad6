import Tokens

/// Guessing a secret: what anybody can do at home who has one token.
enum WeakSecrets {
    /// Passwords that very many people have chosen, as published after break-ins.
    static let words = [
        "123456", "password", "123456789", "12345678", "12345", "qwerty", "abc123", "football", "monkey", "111111",
        "letmein", "1234567", "dragon", "baseball", "iloveyou", "master", "ashley", "bailey", "shadow", "superman",
        "michael", "ninja", "mustang", "jessica", "welcome", "admin", "login", "princess", "solo", "passw0rd",
        "starwars", "hello", "freedom", "whatever", "trustno1", "batman", "zaq1zaq1", "charlie", "donald", "secret",
        "changeme", "hunter2", "jordan", "harley", "ranger", "george", "computer", "michelle", "pepper", "daniel",
        "access", "maggie", "thomas", "summer", "flower", "cheese", "amanda", "silver", "orange", "sunshine",
        "killer", "soccer", "hockey", "andrew", "tigger", "joshua", "love", "test", "token", "jwt-secret", "sso",
    ]

    /// A word made long enough for HS256, as somebody does who is told that 32 bytes are needed.
    static func secret(from word: String) -> [UInt8] {
        let bytes = Array(word.utf8)
        return (0..<Key.minimumLength).map { bytes[$0 % bytes.count] }
    }

    /// The word whose secret makes the token's signature, and how many secrets were tried; nil if it is none of them.
    static func guess(_ token: TokenParts) -> (word: String, secret: [UInt8], tried: Int)? {
        let message = Array(token.signingInput.utf8)
        guard let signature = Base64URL.decode(token.signature.utf8) else { return nil }
        var tried = 0
        for word in words {
            // Repeated, filled up with digits, and filled up with zeros, which is what HMAC does with a short secret.
            let bytes = Array(word.utf8)
            let filled = (bytes + Array("0123456789012345678901234567890".utf8)).prefix(Key.minimumLength)
            for secret in [secret(from: word), Array(filled), bytes] {
                tried += 1
                if HMACSteps(secret: secret, message: message).outerHash == signature { return (word, secret, tried) }
            }
        }
        return nil
    }
}
