import HTTPTypes
import Hummingbird
import Logging
import Identity

/// The pages of who is signed in about their sign-in: devices, the password, and the ways out.
struct AccountRoutes: Sendable {
    let signIn: any PageSignIn
    let site: Site
    let pages: Pages

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/devices", on: router, use: devices)
        routes.post("/devices/end", on: router, use: endDevice)
        routes.get("/password", on: router, use: password)
        routes.post("/password", on: router, use: changePassword)
        routes.get("/logout", on: router) { _, _ in pages.signOut() }
        routes.post("/logout", on: router, use: signOut)
        routes.post("/logout-everywhere", on: router, use: signOutEverywhere)
    }

    // MARK: Devices

    @Sendable private func devices(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let visitor = try await signIn.visitor(request, context) else { return .returning("/devices") }
        let devices: [Session]
        do {
            devices = try await signIn.devices(of: visitor)
        } catch IdentityError.revoked {
            return .returning("/devices")
        }
        return pages.devices(devices, for: visitor, context)
    }

    private struct EndForm: Decodable {
        var session: String?
    }

    /// Ends the session that the form names; one's own, as signing out does.
    @Sendable private func endDevice(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let session = SessionID(rawValue: try await request.form(EndForm.self).session ?? "")
        guard let visitor = try await signIn.visitor(request, context) else { return .returning("/devices") }
        if session == visitor.session { return try await signOut(request, context) }
        guard try await end(session, of: visitor) else { return .returning("/devices") }
        context.logger.info(
            "session ended from another",
            metadata: ["sub": "\(visitor.user.rawValue)", "by": "\(visitor.session.rawValue)"])
        return .seeOther("/devices")
    }

    /// Whether it was done; false if what signs the visitor in is itself revoked.
    private func end(_ session: SessionID, of visitor: PageVisitor) async throws(IdentityError) -> Bool {
        do {
            try await signIn.endDevice(session, of: visitor)
            return true
        } catch .revoked {
            return false
        }
    }

    // MARK: Password

    @Sendable private func password(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let visitor = try await signIn.visitor(request, context) else { return .returning("/password") }
        return pages.password(for: visitor, context)
    }

    private struct PasswordForm: Decodable {
        var current: String?
        var new: String?

        enum CodingKeys: String, CodingKey {
            case current = "current_password"
            case new = "new_password"
        }
    }

    @Sendable private func changePassword(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        let form = try await request.form(PasswordForm.self)
        guard let visitor = try await signIn.visitor(request, context) else { return .returning("/password") }
        let cookies: [HTTPField]
        do {
            cookies = try await signIn.changePassword(
                of: visitor, current: form.current ?? "", new: form.new ?? "", context)
        } catch .revoked {
            return .returning("/password")
        } catch {
            return try pages.password(for: visitor, context, problem: .besideForm(error))
        }
        // Said in this answer alone: an address that says so could be called by anyone. The new cookies replace those that
        // may have been renewed on the way.
        var known = visitor
        known.cookies = cookies
        return pages.password(for: known, context, isDone: true)
    }

    // MARK: Signing out

    @Sendable private func signOut(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        return .seeOther("/login").setting(try await signIn.signOut(request, context))
    }

    @Sendable private func signOutEverywhere(_ request: Request, _ context: AppContext) async throws -> Response {
        try site.requireOwnPage(request)
        guard let cleared = try await signIn.signOutEverywhere(request, context) else {
            return .signInFirst
        }
        return .seeOther("/login").setting(cleared)
    }
}
