extension LessonText {
    static let whatIsInAToken = LessonText(
        title: "What is in a token",
        idea: """
            A token is three parts of base64url between two dots: header, payload and signature. Everybody who sees one \
            can read it; only who holds the secret can make one, or change a single character.
            """,
        explanation: [
            """
            Base64url (RFC 4648, section 5) is a spelling, not a cipher: it makes any bytes fit for a header or a \
            cookie. So nothing secret belongs into a token: no password, nothing that the user must not see.
            """,
            """
            The header says how to check: alg, the key's name kid, and the type typ (RFC 7515, section 4). The payload \
            says who: sub and name, iss who issued it, aud for whom, iat and exp from when to when (RFC 7519, section \
            4.1), sid which sign-in, and count, the live version of the user's tokens.
            """,
            """
            The signature covers the first two parts as they stand, byte for byte. Change one character and it is the \
            signature of another text. The server checks it before it reads anything of the payload.
            """,
        ],
        next: [
            Suggestion(
                "Take a token of your own apart: the access_token of a sign-in.",
                command: "sso token inspect \"$TOKEN\" --keys keys.json"),
            Suggestion("In the lab, /lab on a server with --lab, change one character of your own token."),
            Suggestion("See how the signature comes about.", command: "sso tour how-it-is-signed"),
        ])

    static let howItIsSigned = LessonText(
        title: "How the signature is made",
        idea: """
            HS256 is two hashes around the shared secret: HMAC with SHA-256. Who has the secret computes the same 32 \
            bytes from the same text; who has not cannot do better than guess.
            """,
        explanation: [
            """
            The secret is filled up with zeros to 64 bytes, a block of SHA-256. It is used twice: XORed with 36 (hex) in \
            each byte before the text, for the inner hash; XORed with 5c before the inner hash, for the outer one. The \
            outer hash is the signature (RFC 2104; RFC 7518, section 3.2).
            """,
            """
            Why not simply hash the secret and then the text? SHA-256 goes on from where it stopped: who knows the hash \
            of one text could compute that of a longer one, without the secret. The outer hash prevents it.
            """,
            """
            The check is the same computation once more, and a comparison. That takes the same time wherever the two \
            differ: a comparison that stopped at the first wrong byte would tell an attacker with a stopwatch how many \
            were right.
            """,
            """
            One changed byte of the payload changes about half of the signature's 256 bits. There is no way from a \
            signature that fits one text to one that fits a similar text.
            """,
        ],
        next: [
            Suggestion(
                "Compute one with a tool of your own, and compare: the secret's bytes in hex go into KEY.",
                command: "printf %s \"${TOKEN%.*}\" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary "
                    + "| basenc --base64url"),
            Suggestion("See what happens when the secret is a word.", command: "sso tour forgery"),
        ])

    static let forgery = LessonText(
        title: "Forgery: tokens that nobody issued",
        idea: """
            Most successful forgeries do not break the hash: they talk the server out of checking, or they guess the \
            secret. So the server lets no token choose how it is checked, and the secret is 32 random bytes.
            """,
        explanation: [
            """
            A token's header comes from whoever sends it. A server that believes its alg accepts "none", which means no \
            signature at all; one that takes its kid for a file name or puts it into a query reads a key of the \
            attacker's choice. Here the algorithm is fixed, and a kid is only looked up among the cluster's keys: an \
            unknown one is refused (RFC 8725, sections 3.1 and 3.10).
            """,
            """
            A refresh token bears the same good signature as an access token. If one passed for the other, everybody \
            would have an access token that lives for days. The typ in the header keeps them apart (RFC 8725, section \
            3.11).
            """,
            """
            A weak secret falls without one request: every user owns a token, and can try secrets on it at home, as fast \
            as a machine can hash, until the signature fits. The rule of 32 bytes does not help if they are a word \
            written four times. "sso keys new" takes them from the system's random generator.
            """,
        ],
        next: [
            Suggestion("In the lab, send your own token with alg none, or signed with another secret."),
            Suggestion("Make a good secret.", command: "sso keys new --keys keys.json"),
            Suggestion(
                "Inspect a forged token: the verdict names the rule that it failed.",
                command: "sso token inspect \"$TOKEN\" --keys keys.json"),
        ])
}
