extension LessonText {
    static let hackedAccount = LessonText(
        title: "A hacked account: the count grows",
        idea: """
            Signing out everywhere adds one to the user's count, and from then on every older refresh token is refused by \
            every server. The access tokens that are already out live on until they expire, unless the servers hear of \
            it: here they do, within a tenth of a second.
            """,
        explanation: [
            """
            Nobody keeps a list of the tokens that are out, and nobody has to find the hacker's. Each refresh token \
            carries the count under which it was issued; one addition in the database makes all of them the wrong \
            version. The servers need not be told: they read the count when somebody renews.
            """,
            """
            The access token is checked without a read, so it does not notice. How long it still lived was measured: \
            until its exp. With the default of 900 seconds it is fifteen minutes at most. That is so of every token that \
            is checked by itself, and of these servers with --revocations off.
            """,
            """
            The answer is not to ask, but to be told. Each revocation is an entry in a table; every server looks there \
            fifty times a second, keeps what is new in memory for one access token's life, and holds each token against \
            it: no read, no lock. A server that cannot hear goes on by signature alone, or refuses: --revocation-policy.
            """,
            """
            The count belongs to one user: everybody else's stays as it is. And it only grows, so an old token never \
            becomes good again.
            """,
        ],
        next: [
            Suggestion(
                "As an operator, do it for a user who calls in distress.",
                command: "sso users revoke alice --database sqlite:.data/sso.sqlite"),
            Suggestion("In the lab, /lab on a server with --lab, add one to your own count."),
            Suggestion("See why a copied token is hard to notice.", command: "sso tour stolen-token"),
        ])

    static let forgottenPassword = LessonText(
        title: "The forgotten password, a story of the count",
        idea: """
            A new password must also end what the old one began, so it adds one to the count in the same transaction. \
            The device that changed it gets tokens of the new count; all others have to sign in.
            """,
        explanation: [
            """
            Being signed in is not enough to change a password: who picks up an unlocked phone would take over the \
            account. So the current one is asked for, and a wrong one changes nothing, the count included.
            """,
            """
            If only the password changed, whoever signed in with the old one would stay signed in for days: their refresh \
            token would still be good. With the count in the same transaction there is no moment in between, in which \
            the old password is gone and its tokens still renew.
            """,
            """
            The answer to a wrong password and to an unknown name is the same, and takes the same time. Otherwise the \
            sign-in would tell strangers who is a customer.
            """,
            """
            Who has given an address can be sent a link, on the page /forgot. Its end is the same: a new hash and count + \
            1, together. The link carries the count too, so using it is also what makes it worthless.
            """,
        ],
        next: [
            Suggestion("Follow a user's count: it stands beside their name.", command: "sso users list"),
            Suggestion("See the count grow without a new password.", command: "sso tour hacked-account"),
        ])

    static let stolenToken = LessonText(
        title: "The stolen token",
        idea: """
            A token is like cash: who has it can spend it, on any machine. A copied access token works until it expires, \
            even after its owner has signed out, so its life is the measure of the damage; unless servers hear of \
            revocations, as these do.
            """,
        explanation: [
            """
            Nothing in the token says in which browser it belongs, and the server does not ask: RFC 6750 calls it a \
            bearer token for that reason. The copy and the original are the same bytes.
            """,
            """
            Signing out ended the session: the refresh token, the original and every copy, was refused at once, because \
            a renewal reads whether the session has ended. The access token is not renewed, only checked, and so it \
            worked on until its exp. Two lives were measured; the copy's was the token's, no longer and hardly less. That \
            was with --revocations off. With it on, each server had heard of the sign-out a moment later, and refused the \
            copy from memory.
            """,
            """
            A thief whose victim notices nothing is stopped by neither. What shortens it then: a smaller --access-ttl, at \
            the price of more renewals. What keeps it from being copied at \
            all: HttpOnly, so that no script can read it; Secure and https, so that nobody on the way can; never putting \
            tokens into addresses or logs. What would make a copy worthless is a token bound to a key that the browser \
            keeps (DPoP, RFC 9449); this cluster does not do that.
            """,
        ],
        next: [
            Suggestion(
                "Give access tokens a minute instead of fifteen.", command: "bank --keys keys.json --access-ttl 60"),
            Suggestion("See what cookies do to keep tokens at home.", command: "sso tour cookies"),
        ])
}
