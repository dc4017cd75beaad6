import Foundation
import Identity
import Mail

/// What the mails say.
struct Letters: Sendable {
    let site: Site
    let sender: EmailAddress

    /// A mail as it is sent.
    ///
    /// - Parameter token: makes the token for a link; nil if it would be worth nothing.
    /// - Returns: nil if there is nothing to send any more, or if it is not known yet where this server can be reached.
    func message(_ mail: QueuedMail, token: () throws(IdentityError) -> String?) throws(IdentityError) -> Message? {
        guard let origin = origin(of: mail) else { return nil }
        let text: (subject: String, body: String)
        switch mail.kind {
        case .passwordReset:
            guard let token = try token() else { return nil }
            text = passwordReset("\(origin)/reset?token=\(token)")
        case .passwordChanged: text = passwordChanged(mail, origin)
        case .refreshReused: text = refreshReused(mail, origin)
        }
        return Message(
            id: mail.id, from: sender, to: mail.recipient, subject: text.subject,
            body: "Hello \(mail.userName.spelling),\n\n\(text.body)\n", time: mail.createdAt)
    }

    /// Where links in a mail lead: always an address in a server's settings. What a request says of it (`Host`) is
    /// whatever its sender likes.
    private func origin(of mail: QueuedMail) -> String? { mail.origin ?? site.own?.description }

    private func passwordReset(_ link: String) -> (String, String) {
        (
            "Choose a new password",
            """
            somebody has told us that you have forgotten your password. If that was you, choose a new one on this page:

            \(link)

            The link works once, within \(PasswordReset.tokenLife / 60) minutes, and not at all once your password was \
            changed or you have signed out everywhere. All your devices are signed out then.

            If it was not you, there is nothing to do: nothing has changed, and without this mail it does not.
            """
        )
    }

    private func passwordChanged(_ mail: QueuedMail, _ origin: String) -> (String, String) {
        (
            "Your password was changed",
            """
            your password was changed, at \(Self.time(mail)). All other devices were signed out.

            If it was not you, choose another one at once:

            \(origin)/forgot
            """
        )
    }

    private func refreshReused(_ mail: QueuedMail, _ origin: String) -> (String, String) {
        (
            "Somebody may have copied your sign-in",
            """
            what keeps one of your devices signed in was used twice, at \(Self.time(mail)). Two hold it then, and one of \
            them may not be you. So that sign-in was ended, and the device has to sign in again.

            If you do not know how that could be, sign out everywhere and change your password:

            \(origin)/devices
            \(origin)/password
            """
        )
    }

    private static func time(_ mail: QueuedMail) -> String {
        Date(timeIntervalSince1970: TimeInterval(mail.createdAt)).formatted(.iso8601)
    }
}
