public import Curl
import Synchronization

/// What visitors do as users of the cluster, and what they keep of it.
extension Visitor {
    /// The access token that is sent as `Authorization: Bearer`, or nil.
    public var accessToken: String? { tokens.withLock { $0.access } }

    /// The refresh token, or nil.
    public var refreshToken: String? { tokens.withLock { $0.refresh } }

    /// From now on sends that token as `Authorization: Bearer`; nil sends none. A browser may do so too.
    public func use(token: String?) {
        tokens.withLock { $0.access = token }
    }

    /// From now on renews with that token.
    public func use(refreshToken: String?) {
        tokens.withLock { $0.refresh = refreshToken }
    }

    /// Keeps the tokens of an answer that hands them out, such as that of `POST /api/password`.
    /// An answer without tokens changes nothing.
    public func keepTokens(of exchange: Exchange) {
        guard exchange.status == 200, let access = exchange.json("access_token") else { return }
        let refresh = exchange.json("refresh_token")
        tokens.withLock {
            $0.access = access
            $0.refresh = refresh ?? $0.refresh
        }
    }

    /// Registers a user over the JSON interface, without a token; 201 is the good answer.
    ///
    /// - Parameter email: where mails to them go; nil names no address.
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func register(
        at server: ServerProcess, username: String, password: String, email: String? = nil
    ) async throws -> Exchange {
        guard let email else {
            return try await post(
                server, "/api/register", jsonWithoutToken: ["username": username, "password": password])
        }
        return try await post(
            server, "/api/register",
            jsonWithoutToken: ["username": username, "password": password, "email": email])
    }

    /// Asks for a mail with a link for a forgotten password; 202 is the answer for every name.
    ///
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func forgetPassword(at server: ServerProcess, username: String) async throws -> Exchange {
        try await post(server, "/api/password/forgot", jsonWithoutToken: ["username": username])
    }

    /// Sets another password with the token of a mail; 204 is the good answer.
    ///
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func resetPassword(at server: ServerProcess, token: String, new: String) async throws -> Exchange {
        try await post(server, "/api/password/reset", jsonWithoutToken: ["token": token, "new_password": new])
    }

    /// Signs in. A browser posts the form `/login`, and 303 with cookies is the good answer; a program posts
    /// `/api/login`, gets 200 and keeps the tokens.
    ///
    /// - Throws: `CurlError` if there is no complete answer.
    @discardableResult
    public func signIn(at server: ServerProcess, username: String, password: String) async throws -> Exchange {
        switch kind {
        case .browser:
            return try await post(server, "/login", form: [("username", username), ("password", password)])
        case .program:
            let exchange = try await post(
                server, "/api/login", jsonWithoutToken: ["username": username, "password": password])
            keepTokens(of: exchange)
            return exchange
        }
    }

    /// Renews a program's tokens; on 200 it keeps the new ones.
    ///
    /// - Throws: ``HarnessError/misuse(_:)`` without a refresh token; `CurlError` if there is no complete answer.
    @discardableResult
    public func refresh(at server: ServerProcess) async throws -> Exchange {
        guard let token = refreshToken else {
            throw HarnessError.misuse("\(name) has no refresh token: sign in first")
        }
        let exchange = try await post(server, "/api/refresh", jsonWithoutToken: ["refresh_token": token])
        keepTokens(of: exchange)
        return exchange
    }

    /// Posts what brings its own credentials; an old bearer token beside them would only confuse.
    private func post(
        _ server: ServerProcess, _ path: String, jsonWithoutToken members: KeyValuePairs<String, String>
    ) async throws -> Exchange {
        let headers = [Header("Content-Type", "application/json")] + formOrigin(of: server.url)
        return try await send(
            "POST", server.url + path, headers: headers, body: Array(jsonObject(members).utf8), token: nil)
    }
}

/// The browser's cookie jar. A program has none: there these do nothing.
extension Visitor {
    /// All cookies that have not expired.
    public var cookies: [Cookie] { client.cookies }

    /// The value of the first cookie of that name, or nil.
    public func cookie(named name: String) -> String? {
        cookies.first { $0.name == name }?.value
    }

    /// Puts a cookie into the jar, in place of one with the same name, domain and path.
    public func setCookie(_ cookie: Cookie) { client.setCookie(cookie) }

    /// Puts a cookie into the jar, given as `Set-Cookie: name=value; Domain=…; Path=/` or as a Netscape line.
    public func setCookie(line: String) { client.setCookie(line: line) }

    /// Gives another value to the cookies of that name, and leaves all else about them: a forged cookie.
    public func changeCookie(named name: String, to value: String) {
        for var cookie in cookies where cookie.name == name {
            cookie.value = value
            setCookie(cookie)
        }
    }

    /// Takes every cookie of that name out of the jar.
    public func dropCookie(named name: String) { client.dropCookie(named: name) }

    /// Empties the jar.
    public func clearCookies() { client.clearCookies() }
}
