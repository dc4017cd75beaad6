extension LessonText {
    static let theTraditionalWay = LessonText(
        title: "The traditional way: sessions",
        idea: """
            A session is a random number in a cookie, and what it means stands on the server: in its own memory, or in a \
            store that all share. Each way was measured: what a request costs, what the other server knows, and what is \
            left after a restart.
            """,
        explanation: [
            """
            In memory, a request costs no read, but nobody else knows the session: the other server sends you to sign in, \
            and so does the same one after a restart. Two copies of one server need visitors who always come to the same \
            copy.
            """,
            """
            In a shared store, both servers know it and it outlives them. The price is a read for each request, on the \
            machine that everything else needs as well. What it gives for that: signing out is true at once, for every \
            copy of the cookie.
            """,
            """
            Tokens carry the meaning themselves: no read, known to both, untouched by a restart. The price is size, a few \
            hundred bytes with each request, and that a copy of the access token outlives the signing out: by itself \
            until it expires, and where servers hear of revocations, as these do unless told otherwise, for a moment. \
            Neither way is better: they put the cost in different places.
            """,
        ],
        next: [
            Suggestion(
                "Run the cluster the traditional way, and look at the same pages.",
                command: "bank --keys keys.json --auth sessions --session-store local"),
            Suggestion("See what tokens cost when the database is away.", command: "sso tour who-is-down"),
        ])

    static let cookies = LessonText(
        title: "Where cookies go",
        idea: """
            A cookie goes where its host name, its Domain and its flags let it, and ports are not among them. Clients \
            differ in the details, so the table says what was really seen.
            """,
        explanation: [
            """
            Cookies ignore ports (RFC 6265, section 8.5): two servers on one host share them whether they like it or \
            not. Names count as they are spelled: a cookie of 127.0.0.1 is not sent to localhost, though it is the same \
            machine.
            """,
            """
            Without Domain a cookie is for exactly one host. With Domain=sso.localhost it goes to every host below that \
            name, and so to any server that somebody puts there: a parent domain should be yours alone. A single label \
            such as localhost is no domain for cookies, so a server with --cookie-domain localhost does not start.
            """,
            """
            Secure asks for https; on the machine itself clients make exceptions, and not the same ones: libcurl keeps \
            such a cookie on localhost and 127.0.0.1 and drops it on names below localhost, Chromium keeps it on both.
            """,
            """
            SameSite=Lax keeps browsers from sending the cookie when another site posts a form. libcurl does not know \
            it, and to a browser another port and a sibling subdomain are the same site. So the servers also look at \
            Sec-Fetch-Site and Origin, and refuse what comes from elsewhere. HttpOnly is for browsers alone: it hides \
            the cookie from scripts.
            """,
        ],
        next: [
            Suggestion(
                "Look at the attributes as they are sent.",
                command: "curl -si http://127.0.0.1:8081/login -d 'username=demo&password=…' | grep -i set-cookie"),
            Suggestion("See what a copied cookie is worth.", command: "sso tour stolen-token"),
        ])
}
