public import ArgumentParser

/// The flags about mails. Each is text here; ``Settings/Mail`` says what is valid.
public struct MailOptions: ParsableArguments {
    @Option(
        name: .customLong("smtp-url"),
        help: "The mail server, smtp://HOST[:PORT] or smtps://… (SSO_SMTP_URL; default none: see --outbox).")
    var smtpURL: String?

    @Option(
        name: .customLong("smtp-tls"),
        help:
            "Whether an smtp:// server must offer STARTTLS: required or optional (SSO_SMTP_TLS; default required, and on loopback without any)."
    )
    var smtpTLS: String?

    @Option(
        name: .customLong("smtp-credentials"),
        help:
            "Who we are to the mail server: a file that only its owner can read, with user:password (SSO_SMTP_CREDENTIALS; default none)."
    )
    var smtpCredentials: String?

    @Option(
        name: .customLong("smtp-ca"),
        help: "Who may vouch for the mail server: a file of certificates, PEM (SSO_SMTP_CA; default the system's).")
    var smtpCA: String?

    @Option(help: "The address that mails come from (SSO_MAIL_FROM; default sso@localhost).")
    var mailFrom: String?

    @Option(
        help:
            "Without a mail server, the folder in which each mail becomes a file (SSO_OUTBOX; default .data/outbox).")
    var outbox: String?

    /// No flags given.
    public init() {}
}
