/// What one password hash costs: the parameters of scrypt (RFC 7914 section 2).
public struct ScryptCost: Sendable, Equatable, CustomStringConvertible {
    /// The base-2 logarithm of N, which sets memory and time: 1...20, and below 16 times the block size.
    public let log2N: Int
    /// The block size r: 1...32.
    public let blockSize: Int
    /// The parallelization p, which multiplies the time: 1...16.
    public let parallelization: Int

    /// The cost that OWASP's Password Storage Cheat Sheet gives for scrypt: N=2^15, r=8, p=3; 32 MiB for each hash.
    public static let recommended = ScryptCost(checkedLog2N: 15, blockSize: 8, parallelization: 3)

    /// A cost, or nil if a parameter is out of its range, or one hash would take more than 1 GiB of memory.
    public init?(log2N: Int, blockSize: Int, parallelization: Int) {
        guard (1...20).contains(log2N), (1...32).contains(blockSize), (1...16).contains(parallelization),
            log2N < 16 * blockSize, 128 * blockSize << log2N <= 1 << 30
        else { return nil }
        self.init(checkedLog2N: log2N, blockSize: blockSize, parallelization: parallelization)
    }

    /// A cost written as `15,8,3` (log2 N, r, p), or nil if the text is anything else.
    public init?(_ text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.digits)
        guard numbers.count == 3, let log2N = numbers[0], let blockSize = numbers[1], let parallelization = numbers[2]
        else { return nil }
        self.init(log2N: log2N, blockSize: blockSize, parallelization: parallelization)
    }

    /// As `15,8,3`.
    public var description: String { "\(log2N),\(blockSize),\(parallelization)" }

    /// The work of one hash, as a multiple of scrypt's smallest step.
    var work: Int { (1 << log2N) * blockSize * parallelization }

    /// Whether this cost asks less of an attacker than `other`: less work, or as much work in less memory.
    public func isLower(than other: ScryptCost) -> Bool {
        (work, blockSize << log2N) < (other.work, other.blockSize << other.log2N)
    }

    private init(checkedLog2N: Int, blockSize: Int, parallelization: Int) {
        self.log2N = checkedLog2N
        self.blockSize = blockSize
        self.parallelization = parallelization
    }

    /// At most four digits and nothing else: `Int("+5")` and `Int("007")` would pass.
    static func digits(_ text: some StringProtocol) -> Int? {
        let bytes = text.utf8
        guard (1...4).contains(bytes.count), bytes.allSatisfy({ (0x30...0x39).contains($0) }),
            bytes.count == 1 || bytes.first != 0x30
        else { return nil }
        return Int(text)
    }
}
