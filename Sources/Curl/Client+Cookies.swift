import CCurl
import Foundation

/// The jar. These calls wait for a transfer that is under way; without ``Client/Options/cookies`` the jar is empty.
extension Client {
    /// All cookies that have not expired, in libcurl's order.
    public var cookies: [Cookie] {
        // libcurl keeps one that has expired until it next looks for it.
        let now = Int(time(nil))
        return withHandle { $0.cookieLines }.compactMap(Cookie.init(netscapeLine:)).filter { $0.expires ?? .max >= now }
    }

    /// Puts a cookie into the jar, in place of one with the same name, domain and path.
    public func setCookie(_ cookie: Cookie) {
        setCookie(line: cookie.netscapeLine)
    }

    /// Puts a cookie into the jar, given as `Set-Cookie: name=value; Domain=…; Path=/…` or as a line of
    /// Netscape's cookie file. Without a `Domain` the first form goes to every host. What is malformed is ignored.
    public func setCookie(line: String) {
        // Without the jar this line would be what turns it on.
        guard options.cookies else { return }
        withHandle { $0.editCookies(line) }
    }

    /// Takes every cookie of that name out of the jar.
    public func dropCookie(named name: String) {
        guard options.cookies else { return }
        withHandle { handle in
            // libcurl has no call for one cookie, so the others are put back.
            let kept = handle.cookieLines.filter { Cookie(netscapeLine: $0)?.name != name }
            handle.editCookies("ALL")
            for line in kept { handle.editCookies(line) }
        }
    }

    /// Empties the jar.
    public func clearCookies() {
        guard options.cookies else { return }
        withHandle { $0.editCookies("ALL") }
    }
}

extension EasyHandle {
    fileprivate var cookieLines: [String] {
        var list: UnsafeMutablePointer<curl_slist>?
        guard ccurl_get_list(raw, CURLINFO_COOKIELIST, &list) == CURLE_OK else { return [] }
        defer { curl_slist_free_all(list) }
        return lines(of: list)
    }

    fileprivate func editCookies(_ command: String) {
        _ = ccurl_set_string(raw, CURLOPT_COOKIELIST, command)
    }
}
