/// Where an attempt comes from, as far as somebody can be expected to have only one: an IPv4 address, or the first 64
/// bits of an IPv6 address, within which one customer of a provider has as many as they like (RFC 6177).
public struct Place: Sendable, Hashable {
    /// What stands for it: 4 bytes, 8 bytes, or none where the address is not known.
    public let prefix: [UInt8]

    /// Where the attempt that is being made comes from; nil for what is no attempt of a stranger's.
    @TaskLocal static var current: Place?

    /// A place that is not known. All such are one.
    public static let unknown = Place(address: [])

    /// The place of an address.
    ///
    /// - Parameter address: 4 or 16 bytes, in network order; anything else is an unknown place. An IPv4 address that is
    ///   written as an IPv6 one (RFC 4291 section 2.5.5.2) is itself.
    public init(address: some Collection<UInt8>) {
        let bytes = Array(address)
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        prefix =
            switch bytes.count {
            case 4: bytes
            case 16 where bytes.starts(with: mapped): Array(bytes[12...])
            case 16: Array(bytes[..<8])
            default: []
            }
    }
}
