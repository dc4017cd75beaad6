import HTTPTypes
import Hummingbird
import Synchronization

/// Where browsers find this server and the other one, and what follows from it: who may post here, and where one may be
/// sent after signing in.
final class Site: Sendable {
    private let known: Mutex<Origin?>
    let peer: Origin

    /// - Parameter own: nil until the port is known, if the server takes a free one.
    init(own: Origin?, peer: Origin) {
        known = Mutex(own)
        self.peer = peer
    }

    /// This server's origin; nil before it listens.
    var own: Origin? { known.withLock { $0 } }

    /// Takes the origin on which the server listens, unless a public URL was given.
    func listens(on origin: Origin) {
        known.withLock { known in known = known ?? origin }
    }

    /// Lets a request pass that changes something on the strength of cookies, or signs somebody in.
    ///
    /// Cookies come along whoever made the browser send the request, and SameSite takes other ports and sibling domains
    /// for the same site. So the browser is asked where the request comes from: `Sec-Fetch-Site` (W3C Fetch Metadata),
    /// else `Origin`, which may also be the peer's. What sends neither is no browser, and nobody else's cookies are in
    /// it.
    ///
    /// - Throws: ``Problem/crossSite``.
    func requireOwnPage(_ request: Request) throws(Problem) {
        let origins = request.headers[values: .origin]
        let fetchSites = request.headers[values: .secFetchSite]
        if fetchSites == ["same-origin"] || fetchSites == ["none"] { return }
        if fetchSites.isEmpty && origins.isEmpty { return }
        guard origins.count == 1, let origin = Origin(origins[0]), origin == own || origin == peer else {
            throw .crossSite
        }
    }

    /// Where to go after signing in: `/` unless `text` is a path of this server or an address of the peer's.
    func returnTo(_ text: String?) -> String {
        returnAddress(text, among: [own, peer].compactMap { $0 })
    }
}
