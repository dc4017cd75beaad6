import HTTPTypes
import Hummingbird
import NIOCore

/// Answers only requests that were meant for this server, where it was told its public URL.
///
/// A browser can be made to come by another name: an attacker's own, which they let point to this server's address (DNS
/// rebinding), or one that a forgotten proxy passes on. Nothing here is built from `Host`, so this is a second wall.
///
/// What passes is the public URL's host and port, and the very address and port that the client has connected to, which
/// is nobody else's name: proxies and people on the machine itself use it. The paths for probes pass whatever they say,
/// as those know addresses only.
struct HostCheck: Sendable {
    private static let exempt = ["/livez", "/readyz", "/metrics"]

    private let name: String
    private let port: Int
    private let isPortImplied: Bool

    /// - Parameter url: the public URL that the operator has given.
    init(_ url: Origin) {
        name = url.host
        port = url.port
        isPortImplied = url.port == (url.isSecure ? 443 : 80)
    }

    /// Lets a request pass that was meant for this server.
    ///
    /// - Throws: ``Problem/wrongHost``.
    func require(_ request: Request, _ context: AppContext) throws(Problem) {
        let host = request.head.authority?.lowercased()
        if request.headers[values: .furtherHost].isEmpty, let host {
            if host == "\(name):\(port)" || isPortImplied && host == name { return }
            if let address = context.channel.localAddress, host == address.authority { return }
        }
        guard Self.exempt.contains(request.uri.path) else { throw .wrongHost }
    }
}

extension SocketAddress {
    /// As in `Host`.
    fileprivate var authority: String? {
        guard let ipAddress, let port else { return nil }
        switch self {
        case .v6: return "[\(ipAddress)]:\(port)"
        default: return "\(ipAddress):\(port)"
        }
    }
}

extension Problem {
    static let wrongHost = Problem(
        .misdirectedRequest, "wrong_host", "This server does not go by that name. Use its public address.")
}
