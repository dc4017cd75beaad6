import COpenSSL
import Foundation

/// A password's scrypt hash (RFC 7914) as a PHC string: `$scrypt$ln=15,r=8,p=3$SALT$HASH`, with its cost and salt in it,
/// so that the cost can be raised while old hashes still verify.
public struct PasswordHash: Sendable, Equatable {
    /// The length of a salt, in bytes.
    static let saltLength = 16
    private static let hashLength = 32

    /// What it costs to compute.
    public let cost: ScryptCost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Hashes a password. This takes the time and the memory that `cost` says: call it through ``PasswordHasher``.
    ///
    /// - Parameter salt: ``saltLength`` random bytes.
    /// - Returns: nil if the memory is not to be had.
    init?(_ password: Password, cost: ScryptCost, salt: [UInt8]) {
        guard let hash = Self.scrypt(password.bytes, salt: salt, cost: cost) else { return nil }
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// A hash that no password has, which costs the same to compare with.
    init(decoyOf cost: ScryptCost) {
        self.cost = cost
        salt = [UInt8](repeating: 0, count: Self.saltLength)
        hash = []
    }

    /// Whether the password is the one that was hashed. It takes as long as hashing does, whatever the answer.
    ///
    /// - Returns: nil if the memory is not to be had.
    func matches(_ password: Password) -> Bool? {
        guard let presented = Self.scrypt(password.bytes, salt: salt, cost: cost) else { return nil }
        return presented.count == hash.count && CRYPTO_memcmp(presented, hash, hash.count) == 0
            && !password.bytes.isEmpty
    }

    private static func scrypt(_ password: [UInt8], salt: [UInt8], cost: ScryptCost) -> [UInt8]? {
        let n = 1 << cost.log2N
        // Left at 0, OpenSSL's limit of 32 MiB refuses the recommended cost.
        let memory = 128 * cost.blockSize * (n + cost.parallelization + 2) + 1 << 20
        let hash = [UInt8](unsafeUninitializedCapacity: hashLength) { output, count in
            let done = password.withUnsafeBytes { password in
                EVP_PBE_scrypt(
                    password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                    UInt64(n), UInt64(cost.blockSize), UInt64(cost.parallelization), UInt64(memory),
                    output.baseAddress, hashLength)
            }
            count = done == 1 ? hashLength : 0
        }
        return hash.isEmpty ? nil : hash
    }
}

/// The PHC string format: unpadded base64 of the standard alphabet.
extension PasswordHash {
    /// The hash as the store keeps it.
    public var phc: String {
        "$scrypt$ln=\(cost.log2N),r=\(cost.blockSize),p=\(cost.parallelization)$\(Self.encode(salt))$\(Self.encode(hash))"
    }

    /// Reads what ``phc`` wrote, or nil for anything else.
    public init?(phc: String) {
        let fields = phc.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt",
            let cost = Self.cost(fields[2]), let salt = Self.decode(fields[3]), let hash = Self.decode(fields[4]),
            salt.count >= 8, hash.count == Self.hashLength
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.hash = hash
        // The store compares hashes as text, so one must not have two spellings; Foundation reads base64 leniently.
        guard self.phc.utf8.elementsEqual(phc.utf8) else { return nil }
    }

    private static func cost(_ text: Substring) -> ScryptCost? {
        let names = ["ln=", "r=", "p="]
        let parameters = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parameters.count == 3, zip(parameters, names).allSatisfy({ $0.hasPrefix($1) }) else { return nil }
        return ScryptCost(zip(parameters, names).map { $0.dropFirst($1.count) }.joined(separator: ","))
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map(Array.init)
    }
}
