import Tokens

/// Random bytes from the system's generator, which on Linux is `getrandom`: fit for keys, salts and ids.
package func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// A new id that nobody can guess: 128 random bits in base64url, 22 characters.
func randomID() -> String {
    Base64URL.encode(randomBytes(16))
}
