extension LessonText {
    static let reusedToken = LessonText(
        title: "The refresh token that was used twice",
        idea: """
            Each refresh token is good once: using it gives the next one. So a copy shows itself, because the thief and \
            the owner cannot both come first.
            """,
        explanation: [
            """
            A refresh token that is good until it expires can be copied and used beside its owner for days, and nothing \
            ever looks wrong: each of the two gets good answers. That is what the first half shows, with --refresh count.
            """,
            """
            With rotation, the session remembers a hash of its current refresh token and of the one before. Whoever uses \
            the current one gets its successor. Whoever comes with an older one tells the server that there are two \
            holders. It cannot know which of them is the owner, so it ends the session for both, writes it into the audit \
            record, and the owner signs in again (RFC 9700, section 4.14.2).
            """,
            """
            It does not matter who comes first. If the thief does, the owner's next renewal ends it; if the owner does, the \
            thief's first attempt does. The access token that the thief may have got by then is refused a moment later, \
            when the servers have heard of it; with --revocations off it lives on until it expires.
            """,
        ],
        next: [
            Suggestion(
                "See who was told off, and where from.", command: "sso audit --event refresh_reused --since 1h"),
            Suggestion("See why two tabs are not two thieves.", command: "sso tour several-tabs"),
        ])

    static let severalTabs = LessonText(
        title: "Several tabs, and an answer that was lost",
        idea: """
            Tabs that wake up together all send the same refresh token, and so does a program whose answer was lost. For a \
            short grace the token before the newest may come again, and it gives that same newest one, never another.
            """,
        explanation: [
            """
            The exchange is one statement: put the next token in the place of this one, if this one is still the current. \
            Of many that race, one wins; the others find their token to be the immediate predecessor, and get the \
            winner's token. Nobody is signed out, and no cookie is cleared, because a race was lost.
            """,
            """
            The same token, not a second one: two successors would be two branches, and a thief could have one of them. \
            The next token's jti follows from the old one's, and the session remembers when and by which server it was \
            issued. So any server can issue the very same token again, and no server has to keep it.
            """,
            """
            The grace has a price. Within it a thief who is as quick as a second tab gets the owner's own next token, and \
            is found out one exchange later. --refresh-grace 0 takes that away, and tabs that ask a second apart are \
            signed out.
            """,
        ],
        next: [
            Suggestion(
                "Open two tabs, let the access token expire, and load both again: neither has to sign in.",
                command: "scripts/demo"),
            Suggestion("See what happens after the grace.", command: "sso tour reused-token"),
        ])

    static let forgedRequest = LessonText(
        title: "The forged request",
        idea: """
            Cookies go along whoever made the browser send the request. So what changes something asks the browser where \
            the request comes from, and refuses what another site made up.
            """,
        explanation: [
            """
            A page of another site can make a visitor's browser post a form here, with the visitor's cookies (cross-site \
            request forgery). It cannot read the answer, but signing somebody out, or changing something, needs no \
            answer. SameSite=Lax stops most of it, but not between ports or sibling subdomains: to a browser those are \
            the same site.
            """,
            """
            Browsers say where a request comes from, and scripts cannot change it: Sec-Fetch-Site tells same-origin from \
            same-site and cross-site, and Origin names the page's origin. The servers let pass what comes from their own \
            pages or their peer's, and answer 403 to the rest, before they look at any cookie's meaning.
            """,
            """
            In Chromium 156, a form that sent itself from http://localhost to http://127.0.0.1 came with Sec-Fetch-Site: \
            cross-site and without the cookies. From another port of 127.0.0.1 it came with same-site, and with both \
            cookies, and so did a script's request. In all of them Origin named the page; so all were refused.
            """,
            """
            Signing in is guarded as well. Otherwise another site could sign a visitor in to the attacker's own account, \
            and wait for what they put there (login CSRF). And no GET changes anything, because a picture's address is \
            enough to make one.
            """,
            """
            Programs that send Authorization: Bearer need none of this: no browser adds that header by itself.
            """,
        ],
        next: [
            Suggestion(
                "Forge one yourself; the demo has to be up.",
                command: "curl -si -X POST http://127.0.0.1:8081/logout-everywhere -H 'Origin: http://evil.example'"),
            Suggestion("See where cookies go in the first place.", command: "sso tour cookies"),
        ])
}
