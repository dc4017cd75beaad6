import HTTPTypes
import NIOCore

/// The proxies that may say from where, and over which scheme, a request came to them: nobody else is believed, as anyone
/// can write such a header.
///
/// Every proxy adds the address of whoever asked it to the right of what it was given. So the list is read from the right,
/// for as long as the one who speaks is a proxy of ours: the right-most address that is none is the client's. What stands
/// left of it the client has written.
struct TrustedProxies: Sendable {
    /// Which header the proxies write. One only: a proxy passes the other one on as the client has sent it.
    enum Form: String, CaseIterable, Sendable {
        /// The header of RFC 7239.
        case forwarded
        /// `X-Forwarded-For` and `X-Forwarded-Proto`.
        case xForwardedFor = "x-forwarded-for"
    }

    /// From where a request came, as far as can be known.
    struct Client: Equatable, Sendable {
        /// The address, in the one way of writing it.
        let address: Address
        /// Whether it came over TLS; nil if nobody has said it who is believed.
        let isSecure: Bool?
    }

    private let ranges: [AddressRange]
    private let form: Form

    /// - Parameter ranges: where the proxies are; none is no proxy.
    init(_ ranges: [AddressRange], form: Form = .xForwardedFor) {
        self.ranges = ranges
        self.form = form
    }

    /// The address of a connection's other end, if that is a proxy; nil if it is not.
    func proxy(_ peer: SocketAddress?) -> Address? {
        guard !ranges.isEmpty, let address = peer?.ipAddress.flatMap({ Address($0) }), contain(address) else {
            return nil
        }
        return address
    }

    private func contain(_ address: Address) -> Bool { ranges.contains { $0.contains(address) } }

    /// Who sent a request; nil if it is the other end of the connection, about whom nothing has to be found out.
    func client(of fields: HTTPFields, peer: SocketAddress?) -> Client? {
        guard let peer = proxy(peer) else { return nil }
        let hops = hops(fields)
        var (client, scheme) = (peer, String?.none)
        for hop in hops.reversed() {
            // What a proxy says of a hop without an address (`unknown`, `_hidden`) or what cannot be read is nobody else's
            // address, so it stays with the proxy that says it.
            guard contain(client), let address = hop.address else { break }
            (client, scheme) = (address, hop.scheme)
        }
        if form == .xForwardedFor { scheme = forwardedScheme(fields) }
        return Client(address: client, isSecure: scheme.flatMap { ["https": true, "http": false][$0] })
    }

    private func hops(_ fields: HTTPFields) -> [ForwardedHop] {
        switch form {
        // Several lines are one list (RFC 9110 section 5.3), and one that cannot be read hides all that stands before it.
        case .forwarded:
            fields[values: .forwarded].flatMap { ForwardedHop.list($0) ?? [ForwardedHop(address: nil, scheme: nil)] }
        case .xForwardedFor:
            fields[values: .xForwardedFor].flatMap { line in
                line.split(separator: ",", omittingEmptySubsequences: false).map {
                    ForwardedHop(address: ForwardedHop.address($0.trimmed), scheme: nil)
                }
            }
        }
    }

    /// What the proxy next to us says: the right-most of all values.
    private func forwardedScheme(_ fields: HTTPFields) -> String? {
        fields[values: .xForwardedProto].last?.split(separator: ",", omittingEmptySubsequences: false).last?
            .trimmed.lowercased()
    }
}

extension Substring {
    /// Without spaces and tabs at either side.
    fileprivate var trimmed: Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let head = drop(while: isBlank)
        return head.lastIndex { !isBlank($0) }.map { head[...$0] } ?? ""
    }
}
