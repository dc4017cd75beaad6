import Foundation
import Hummingbird
import Identity

/// The page on which users see what the audit record has of their own sign-in.
struct ActivityRoute: Sendable {
    let signIn: any PageSignIn
    let store: any AuditRecord
    let pages: Pages

    /// How many events are shown.
    private static let limit = 50

    func add(to routes: Routes, on router: Router<AppContext>) {
        routes.get("/activity", on: router, use: activity)
    }

    /// Like the list of devices, it is not for a token that is itself revoked: a thief would see what the owner does.
    @Sendable private func activity(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let visitor = try await signIn.visitor(request, context), try await isStillGood(visitor) else {
            return .returning("/activity")
        }
        var filter = AuditFilter(limit: Self.limit)
        filter.user = visitor.user
        return pages.activity(try await store.events(filter).reversed(), for: visitor, context)
    }

    private func isStillGood(_ visitor: PageVisitor) async throws(IdentityError) -> Bool {
        do {
            _ = try await signIn.devices(of: visitor)
            return true
        } catch .revoked {
            return false
        }
    }
}

extension Pages {
    /// A user's own events, the newest first.
    func activity(_ events: [AuditEvent], for visitor: PageVisitor, _ context: AppContext) -> Response {
        let content: Content = [
            "events": events.map { event -> Content in
                [
                    "what": event.kind.sentence, "isAlarming": event.kind.isAlarming,
                    "time": Date(timeIntervalSince1970: TimeInterval(event.time)).formatted(.iso8601),
                    "server": event.origin.server, "address": event.origin.address as any Sendable,
                    "session": event.session?.rawValue as any Sendable,
                    "isThis": event.session == visitor.session,
                ]
            }
        ]
        return page("activity", for: visitor, context, at: "atActivity", content)
    }
}

extension AuditEvent.Kind {
    /// What happened, to the user whose it is.
    fileprivate var sentence: String {
        switch self {
        case .registered: "You registered"
        case .signedIn: "Signed in"
        case .signInFailed: "Somebody tried a wrong password"
        case .refreshRefused: "A refresh token that is over was refused"
        case .refreshReused: "A refresh token was used twice, and its session was ended: somebody had a copy"
        case .signedOut: "Signed out"
        case .deviceEnded: "A session was ended from another device"
        case .signedOutEverywhere: "Signed out everywhere"
        case .passwordChanged: "The password was changed"
        case .resetMailAsked: "Somebody asked for a link for a forgotten password"
        case .passwordReset: "The password was set anew with a link that came by mail"
        case .passwordChangeFailed: "Somebody who was signed in gave a wrong current password"
        case .revokedByOperator: "The operator signed you out everywhere"
        case .keysReplaced, .keysRefused: "The server's keys were changed"
        }
    }

    /// Whether it may be somebody else's doing.
    fileprivate var isAlarming: Bool {
        switch self {
        case .signInFailed, .refreshReused, .passwordChangeFailed: true
        default: false
        }
    }
}
