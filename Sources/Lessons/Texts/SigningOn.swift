extension LessonText {
    static let knownAtBoth = LessonText(
        title: "Signed in at the bank, known at retirement",
        idea: """
            Two servers that hold the same secret accept each other's tokens, so a sign-in at either counts at both. \
            Neither asks the other, and neither asks a database who you are.
            """,
        explanation: [
            """
            The bank checked the password and issued two tokens, as cookies. The browser took them to the retirement \
            server, because cookies ignore ports. That server checked the signature with the secret that both hold, \
            then the type, the issuer, the audience and the time. All of that stands in the token and in its own memory.
            """,
            """
            Server-Timing is the proof: auth … desc="0" says that no statement ran to find out who is asking. What a \
            page then shows, accounts or a plan, is read from the database as ever: db counts that.
            """,
            """
            The other way round works just as well. There is no central sign-on server here: each of the two can sign \
            you in, because each holds the secret. What that costs is the last lesson.
            """,
        ],
        next: [
            Suggestion(
                "Do it in a browser: sign in at the first address, then cross over. The X-ray on each page tells why.",
                command: "scripts/demo"),
            Suggestion("See what the token consists of.", command: "sso tour what-is-in-a-token"),
        ])

    static let accessAndRefresh = LessonText(
        title: "Two tokens: access and refresh",
        idea: """
            The access token says who you are and lives for minutes; the refresh token lives for days and is only good \
            for getting another access token. The database is read when that happens, and at no other time: 0, 1, 0.
            """,
        explanation: [
            """
            A token that is checked without asking anyone cannot be taken back: nobody would notice. So it is \
            short-lived, and whoever wants to go on has to come back with the refresh token.
            """,
            """
            The refresh token carries the user's count, the live version of their tokens. The server compares it with \
            the count in the database, in one statement that also says whether the session has ended. Equal: a new \
            access token. Different: sign in again. That one read is where signing out takes effect.
            """,
            """
            For pages the renewal happens on the way, in the same request, and the browser gets a new access cookie. \
            Programs get 401 with the code token_expired and post their refresh token themselves (RFC 6749, section 6); \
            endpoints below /api/ never set a cookie.
            """,
            """
            With an access token of 15 minutes, a user who clicks once a minute costs one read in fifteen requests; \
            with a session in a database it is fifteen.
            """,
        ],
        next: [
            Suggestion(
                "Reload a page until the access cookie has expired: it lives some seconds there.",
                command: "scripts/demo"),
            Suggestion("In the lab, /lab on a server with --lab, expire your access token, or drop its cookie."),
            Suggestion("See the count at work.", command: "sso tour hacked-account"),
        ])

    static let whoIsDown = LessonText(
        title: "The issuer is down, the database is down",
        idea: """
            A token is checked without its issuer and without the database, so people who are signed in go on working \
            while either is away. What stops is what needs them: renewals and sign-ins without the database, when the \
            access token expires.
            """,
        explanation: [
            """
            The bank's death meant nothing to its tokens: the retirement server needs the secret, not the bank. It \
            could even renew them, because the count stands in the database that both share.
            """,
            """
            Without the database, access tokens are still good, until their exp and not a second longer. A refresh \
            token cannot be compared with a count that nobody can read, so the answer is 503: neither yes nor no. It \
            must not be no: a server that cleared the cookies here would sign out everybody because of its own trouble.
            """,
            """
            So the access token's life is also the time for which the cluster bears with a lost database. Shorter is \
            safer when a token is stolen, longer is safer when the database is.
            """,
        ],
        next: [
            Suggestion("Ask a server what it lacks; 503 names it.", command: "curl -si http://127.0.0.1:8081/readyz"),
            Suggestion("See what sessions do when a server restarts.", command: "sso tour the-traditional-way"),
        ])
}
