extension LessonText {
    static let changingTheSecret = LessonText(
        title: "Changing the shared secret",
        idea: """
            Every server must know a key before any server signs with it: first verify everywhere, then sign, and retire \
            the old one last. In another order, people who just signed in are strangers at the other server.
            """,
        explanation: [
            """
            The key file is a list (a JWK Set, RFC 7517): the first key signs, all verify. Each token names its key in \
            kid. So two keys can be in use at once, and nobody notices the change.
            """,
            """
            The right order has three steps. "sso keys add --standby" gives every server a key that verifies only. When \
            all have it, "sso keys promote" lets it sign. When the last token of the old key has expired, "sso keys \
            retire" takes that away: after a refresh token's life, if nobody shall notice.
            """,
            """
            The wrong order promotes at one server before the other has the key. Its tokens are refused there: unknown \
            kid. It looks like a broken sign-in, and only for those who cross over.
            """,
            """
            When a secret was stolen, nobody shall be spared: add a key and retire the old one at once. Then every token \
            is refused, the thief's forgeries too, and everybody signs in once more.
            """,
        ],
        next: [
            Suggestion("See the keys of a file, and which of them signs.", command: "sso keys list --keys keys.json"),
            Suggestion("See why a stolen secret is worse than a stolen token.", command: "sso tour who-may-forge"),
        ])

    static let whoMayForge = LessonText(
        title: "Who may forge",
        idea: """
            With one shared secret, who can check a token can also make one: each server can issue tokens in the other's \
            name, for any user. So a break-in at one server is a break-in at all that share the secret.
            """,
        explanation: [
            """
            The forged token was made from nothing but the retirement server's key file and a user's id. The bank could \
            not tell it from its own: same key, same claims, iss bank. Alice had never signed in there. iss is a claim, \
            not a proof: an HMAC says only that somebody with the secret made it.
            """,
            """
            The forged refresh token failed, though its signature was good: a renewal reads the session in the database, \
            and there was none. What is looked up cannot be made up. But the forger does not need it: the next access \
            token is as easily made as the first.
            """,
            """
            What helps: few servers that share a secret, and servers that are equally well guarded. A new secret, with \
            the old one retired, ends every forgery at once, as the last step showed. Where servers should check but not issue, use a signature \
            with two keys, such as EdDSA or ES256 (RFC 8037, RFC 7518): the private one signs at one place, the public \
            one checks everywhere. It costs more to compute, and a place that everybody depends on for signing in.
            """,
        ],
        next: [
            Suggestion(
                "Change the secret after a break-in: add a key, and retire the old one, or forgeries go on.",
                command: "sso keys add --keys keys.json && sso keys retire OLD_KID --keys keys.json"),
            Suggestion("See the other ways to a forged token, and why they fail.", command: "sso tour forgery"),
        ])
}
