extension LessonText {
    static let usedLink = LessonText(
        title: "The reset link that was used twice",
        idea: """
            A link for a forgotten password is as good as the password, and lies in a mailbox for years. It carries the \
            user's count, so whatever adds to the count kills it, and using it is the first such thing.
            """,
        explanation: [
            """
            Nothing keeps a list of the links that were sent. The link's token is signed like any other, expires after \
            half an hour, and names the count under which it was made. Setting the password compares that count with the \
            user's and adds one, in one statement: of two who use a link at once, one wins.
            """,
            """
            So a link dies as a refresh token does, at every server at once: by signing out everywhere, by a new \
            password, by an operator's sso users revoke. Signing out of one device adds nothing, and leaves it alive.
            """,
            """
            Asking is answered with 202 for every name, before anything is looked up, so the answer tells nobody who is a \
            customer.
            """,
        ],
        next: [
            Suggestion("See whose password was set by a link.", command: "sso audit --event password_reset"),
            Suggestion("See the same where the old password is known.", command: "sso tour forgotten-password"),
        ])

    static let flood = LessonText(
        title: "A flood of sign-ins",
        idea: """
            A password is slow to check on purpose, so a flood of sign-ins stops further sign-ins first. A token is quick \
            to check, so whoever is signed in notices nothing.
            """,
        explanation: [
            """
            429 is the limit of an account: failures under one name add up, at all servers together, and the answer says \
            in how many seconds the next guess is looked at. It never locks, as a lock would let anybody lock out \
            anybody, and it is the same for a name that nobody has.
            """,
            """
            503 is the bound of a server: hashes are computed by threads of their own, and nobody is let into their queue \
            who would wait longer than ten seconds. Being told to come back at once is better than an answer that nobody \
            waits for any more. One address may take a quarter of that time, so a flood from one address turns away \
            who comes from there, and others are let in.
            """,
            """
            Neither keeps sign-ins going through a flood that comes from very many addresses: then the queue is full, and \
            people who come anew have to wait. What the limits do is to keep it there. Tokens are checked and renewed by \
            other threads, and without a hash, at the flooded server as at its peer.
            """,
            """
            Whole networks that send more than the line can carry are the business of what stands before the servers.
            """,
        ],
        next: [
            Suggestion("See what was refused, as figures.", command: "curl -s http://127.0.0.1:8081/metrics"),
            Suggestion("See what goes on when a server is gone altogether.", command: "sso tour who-is-down"),
        ])
}
