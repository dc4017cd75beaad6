/// An event on its way into the record. It takes down where it comes from, so it is made in the caller's own task.
package struct AuditEntry: Sendable {
    package let kind: AuditEvent.Kind
    package let user: UserID?
    package let session: SessionID?
    package let detail: String?
    package let time: Int
    package let origin: AuditOrigin

    package init(
        _ kind: AuditEvent.Kind, of user: UserID?, in session: SessionID?, detail: String? = nil, at time: Int,
        from origin: AuditOrigin = .current
    ) {
        self.kind = kind
        self.user = user
        self.session = session
        self.detail = detail
        self.time = time
        self.origin = origin
    }
}

extension EndReason {
    /// What the record calls it.
    package var auditKind: AuditEvent.Kind {
        switch self {
        case .signedOut: .signedOut
        case .otherDevice: .deviceEnded
        case .reuse: .refreshReused
        }
    }
}
