import Curl
import Harness
import Lessons

extension Story {
    func cookies() async throws {
        var fates: [CookieCase: CookieCase.Fate] = [:]
        try await onOneHost(&fates)
        try await onOneHostSecure(&fates)
        fates[.siblingWithoutDomain] = try await onSiblings([])
        fates[.siblingWithDomain] = try await onSiblings(["--cookie-domain", "sso.localhost"])
        fates[.secureOnSiblings] = try await onSiblings(
            ["--cookie-domain", "sso.localhost", "--cookie-secure", "always"])
        try await domainOfOneLabel()

        tabulate(
            Table(
                "what became of a cookie",
                columns: ["the other server is, or the cookie has", "libcurl", "Chromium 156"],
                rows: CookieCase.allCases.map {
                    [$0.title, fates[$0]?.rawValue ?? "not tried", $0.inChromium.rawValue]
                }
            ))
        let asBrowsers = CookieCase.allCases.filter { fates[$0] == $0.inChromium }
        let expected: [CookieCase] = [
            .otherPort, .otherName, .siblingWithoutDomain, .siblingWithDomain, .secureOnOneHost,
        ]
        expect(
            "libcurl does as a browser, but for Secure below localhost and for SameSite", asBrowsers == expected,
            seen: asBrowsers.map(\.rawValue).joined(separator: ", "))
    }

    private func onOneHost(_ fates: inout [CookieCase: CookieCase.Fate]) async throws {
        try await Cluster.with { cluster in
            try await cluster.add("alice")
            let laptop = browser("laptop")
            say("Both servers on 127.0.0.1, on two ports. Alice signs in at the bank.")
            let signIn = try await laptop.signIn(at: cluster.bank, as: "alice")
            let access = signIn.setCookie(named: "sso_access")
            expect(
                "the cookie is HttpOnly, SameSite=Lax, for all paths, and has no Domain",
                access?.has("HttpOnly") == true && access?["SameSite"] == "Lax" && access?["Path"] == "/"
                    && access?.has("Domain") == false)
            let port = try await laptop.get(cluster.retirement, "/")
            fates[.otherPort] = fate(of: port, laptop)
            expect("it goes to the other port", fates[.otherPort] == .sent)

            say("She calls the same server localhost.")
            let name = try await laptop.get(cluster.retirement, address: "http://localhost:\(cluster.retirement.port)/")
            fates[.otherName] = fate(of: name, laptop)
            expect("that is another host: no cookie", fates[.otherName] == .notSent && name.status == 303)

            say("A page of another site makes her browser post a form to the bank: to sign her out everywhere.")
            let forged = try await laptop.post(
                cluster.bank, "/logout-everywhere",
                headers: [Header("Origin", "http://evil.example"), Header("Sec-Fetch-Site", "cross-site")])
            fates[.otherSitePosts] = fate(of: forged, laptop)
            expect("libcurl, which does not know SameSite, sends the cookie", fates[.otherSitePosts] == .sent)
            expect("the bank sees where it comes from, and refuses", forged.status == 403 && forged.setCookies.isEmpty)
        }
    }

    private func onOneHostSecure(_ fates: inout [CookieCase: CookieCase.Fate]) async throws {
        var options = Cluster.Options()
        options.arguments = ["--cookie-secure", "always"]
        try await Cluster.with(options) { cluster in
            try await cluster.add("alice")
            let laptop = browser("laptop")
            say("The same with Secure, still over http.")
            let signIn = try await laptop.signIn(at: cluster.bank, as: "alice")
            expect(
                "the names say so too", signIn.setCookies.map(\.name).allSatisfy { $0.hasPrefix("__Secure-sso_") })
            fates[.secureOnOneHost] = fate(of: try await laptop.get(cluster.retirement, "/"), laptop)
            expect("libcurl trusts the machine itself, and sends it", fates[.secureOnOneHost] == .sent)
        }
    }

    /// The servers as bank.sso.localhost and retirement.sso.localhost.
    private func onSiblings(_ arguments: [String]) async throws -> CookieCase.Fate {
        var options = Cluster.Options()
        options.hosts = (bank: "bank.sso.localhost", retirement: "retirement.sso.localhost")
        options.arguments = arguments
        return try await Cluster.with(options) { cluster in
            try await cluster.add("alice")
            let laptop = browser("laptop")
            let flags = arguments.isEmpty ? "no flag about cookies" : arguments.joined(separator: " ")
            say("bank.sso.localhost and retirement.sso.localhost, with \(flags).")
            try await laptop.signIn(at: cluster.bank, as: "alice")
            let there = try await laptop.get(cluster.retirement, "/")
            let fate = fate(of: there, laptop)
            let isKnown = there.status == 200
            expect(
                "the cookie is \(fate.rawValue), and retirement \(isKnown ? "knows her" : "sends her to sign in")",
                isKnown == (fate == .sent))
            return fate
        }
    }

    /// A server that was told to set a cookie that no client would keep.
    private func domainOfOneLabel() async throws {
        say("Could the cookie be for localhost and everything below it?")
        let result = try await run("bank", ["--keys", "keys.json", "--cookie-domain", "localhost"])
        expect("a server that is told so does not start", result.status == 64, seen: "\(result.status)")
    }

    /// What became of the access cookie on its way to where the answer came from.
    private func fate(of answer: Exchange, _ visitor: Participant) -> CookieCase.Fate {
        if answer.sentHead.contains("sso_access=") { return .sent }
        return visitor.visitor.cookies.contains { $0.name.hasSuffix("sso_access") } ? .notSent : .dropped
    }
}
