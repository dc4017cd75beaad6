import Identity
import Mail

extension Settings {
    /// How mails leave, and from whom.
    struct Mail: Sendable {
        /// The mail server as it was named.
        struct Relay: Sendable, Equatable {
            let host: String
            let port: Int
            let security: SMTP.Security
            /// The files' paths.
            let credentials: String?
            let certificates: String?
        }

        let sender: EmailAddress
        let outbox: String
        /// Nil for the outbox.
        let relay: Relay?

        /// Works out the settings. No file is read yet.
        init(_ options: MailOptions, _ setting: (String, String?) -> Setting) throws(StartupError) {
            let sender = try setting("mail-from", options.mailFrom)
                .value("is no email address") { try? EmailAddress($0) }
            if let sender { self.sender = sender } else { self.sender = try Self.defaultSender() }
            outbox = try setting("outbox", options.outbox).text(default: ".data/outbox")
            let url = try setting("smtp-url", options.smtpURL)
                .value("is not smtp:// or smtps:// with a host, a port if need be, and nothing else", RelayURL.init)
            let tls = try setting("smtp-tls", options.smtpTLS)
                .value("is none of required, optional") { ["required", "optional"].contains($0) ? $0 : nil }
            let credentials = try setting("smtp-credentials", options.smtpCredentials).text(default: "")
            let certificates = try setting("smtp-ca", options.smtpCA).text(default: "")
            guard let url else {
                relay = nil
                return
            }
            relay = Relay(
                host: url.host, port: url.port, security: Self.security(url, tls),
                credentials: credentials.isEmpty ? nil : credentials,
                certificates: certificates.isEmpty ? nil : certificates)
            guard credentials.isEmpty || relay?.security != .optional else {
                throw .configuration(
                    "with --smtp-tls optional, the password for the mail server could be sent to anyone",
                    hint: "leave --smtp-tls out, or go without --smtp-credentials")
            }
        }

        /// Opens the way that mails take.
        ///
        /// - Throws: ``StartupError`` if a file that it needs cannot be used.
        func transport() throws(StartupError) -> any MailTransport {
            guard let relay else { return Outbox(folder: outbox) }
            var credentials: SMTP.Credentials?
            if let path = relay.credentials { credentials = try CredentialsFile(path: path).read() }
            if let path = relay.certificates, !CredentialsFile.isReadable(path) {
                throw .configuration(
                    "the certificates \(path) cannot be read", hint: "name a file in PEM with --smtp-ca")
            }
            return SMTP(
                host: relay.host, port: relay.port, security: relay.security, credentials: credentials,
                certificates: relay.certificates)
        }

        private static func defaultSender() throws(StartupError) -> EmailAddress {
            do { return try EmailAddress("sso@localhost") } catch {
                throw .configuration("sso@localhost is no email address", hint: "name one with --mail-from")
            }
        }

        private static func security(_ url: RelayURL, _ tls: String?) -> SMTP.Security {
            if url.isSecure { return .implicit }
            switch tls {
            case "required": return .required
            case "optional": return .optional
            default: return Settings.isLoopback(url.host) ? .none : .required
            }
        }
    }
}

/// `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`.
private struct RelayURL {
    let isSecure: Bool
    let host: String
    let port: Int

    /// Nil for anything else. A user and a password are not taken here: other users of the machine see command lines.
    init?(_ text: String) {
        let lower = text.lowercased()
        guard text.utf8.allSatisfy({ $0 < 0x80 }),
            let scheme = ["smtp", "smtps"].first(where: { lower.hasPrefix("\($0)://") })
        else { return nil }
        let rest = lower.dropFirst(scheme.count + 3)
        // The rest is that of a web origin, whose scheme gives the port where the text does not.
        guard let one = Origin("http://\(rest)"), let other = Origin("https://\(rest)") else { return nil }
        isSecure = scheme == "smtps"
        host = one.host
        port = one.port == other.port ? one.port : isSecure ? 465 : 25
    }
}
