/// Something that happened to somebody's sign-in, as it stands in the audit record. Nothing in it signs anybody in: no
/// token, no password, no hash.
public struct AuditEvent: Sendable, Equatable {
    /// What can happen.
    public enum Kind: String, Sendable, CaseIterable {
        /// A user was added.
        case registered
        /// A session began.
        case signedIn = "sign_in"
        /// A password was wrong, or the user is not there.
        case signInFailed = "sign_in_failed"
        /// A refresh token was refused: its count or its session is over. At most once a minute for one session.
        case refreshRefused = "refresh_refused"
        /// A refresh token was used that had a successor already, and the session was ended for it.
        case refreshReused = "refresh_reused"
        /// A session was ended by its own user, from itself.
        case signedOut = "sign_out"
        /// A session was ended from another of the user's.
        case deviceEnded = "device_ended"
        /// The count grew: all sessions are over.
        case signedOutEverywhere = "sign_out_everywhere"
        /// The password was changed by who knew it.
        case passwordChanged = "password_changed"
        /// A mail with a link for a forgotten password was asked for, and queued.
        case resetMailAsked = "reset_mail_asked"
        /// The password was set anew with such a link.
        case passwordReset = "password_reset"
        /// A wrong current password was given for a change.
        case passwordChangeFailed = "password_change_failed"
        /// An operator made the count grow.
        case revokedByOperator = "revoked_by_operator"
        /// A server took other keys from its key file.
        case keysReplaced = "keys_replaced"
        /// A server kept its keys, as what the key file holds now cannot be used.
        case keysRefused = "keys_refused"
    }

    /// Its place in the record: later events have larger numbers.
    public let id: Int
    /// When, in whole seconds since 1970.
    public let time: Int
    /// What.
    public let kind: Kind
    /// Whose sign-in; nil if it is nobody's that is known.
    public let user: UserID?
    /// The name of that user.
    public let userName: String?
    /// In which session; nil if in none.
    public let session: SessionID?
    /// Where it came from.
    public let origin: AuditOrigin
    /// What else there is to say, such as the ids of keys.
    public let detail: String?

    /// An event as a store has read it.
    public init(
        id: Int, time: Int, kind: Kind, user: UserID?, userName: String?, session: SessionID?, origin: AuditOrigin,
        detail: String?
    ) {
        self.id = id
        self.time = time
        self.kind = kind
        self.user = user
        self.userName = userName
        self.session = session
        self.origin = origin
        self.detail = detail
    }
}

/// Where what is recorded comes from. A store writes it beside each event; the one who knows it binds it around the
/// work, as with ``StatementMeter``.
public struct AuditOrigin: Sendable, Equatable {
    /// The origin of the current task's work.
    @TaskLocal public static var current = AuditOrigin(server: "unknown")

    /// The name of the server or tool that did it.
    public let server: String
    /// The address of who asked it to, as text; nil for a tool.
    public let address: String?
    /// The id of the request, which its log lines and its answer carry too; nil for a tool.
    public let requestID: String?

    /// An origin.
    public init(server: String, address: String? = nil, requestID: String? = nil) {
        self.server = server
        self.address = address
        self.requestID = requestID
    }
}
