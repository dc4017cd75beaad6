import Hummingbird

/// The pages with forms. What was typed is kept, but for passwords; what was wrong is said beside its field.
extension Pages {
    /// - Parameter refusal: why the cookies that came sign nobody in.
    func signIn(
        returnTo: String, username: String = "", problem: Problem? = nil, refusal: Content? = nil
    ) -> Response {
        var content = form(returnTo, username)
        content["problem"] = problem?.detail
        content["xray"] = refusal
        return render("sign-in", content, problem: problem)
    }

    func register(
        returnTo: String, username: String = "", email: String = "", problem: Problem? = nil
    ) -> Response {
        var content = form(returnTo, username)
        content["email"] = email
        switch problem?.code {
        case "invalid_username", "username_taken": content["usernameProblem"] = problem?.detail
        case "invalid_password": content["passwordProblem"] = problem?.detail
        case "invalid_email": content["emailProblem"] = problem?.detail
        default: content["problem"] = problem?.detail
        }
        return render("register", content, problem: problem)
    }

    func signOut() -> Response { render("sign-out", [:]) }

    /// - Parameter isDone: whether the password was just changed.
    func password(
        for visitor: PageVisitor, _ context: AppContext, isDone: Bool = false, problem: Problem? = nil
    ) -> Response {
        var content: Content = ["done": isDone]
        switch problem?.code {
        case "invalid_credentials": content["currentProblem"] = "This is not your current password."
        case "invalid_password": content["newProblem"] = problem?.detail
        default: content["problem"] = problem?.detail
        }
        return page("password", for: visitor, context, at: "atPassword", content, problem: problem)
    }

    private func form(_ returnTo: String, _ username: String) -> Content {
        ["returnTo": returnTo, "returnToQuery": queryEncoded(returnTo), "username": username]
    }

    /// Percent-encodes all that has a meaning of its own in a query (RFC 3986 section 3.4).
    private func queryEncoded(_ text: String) -> String {
        let plain = Array("/:-._~?".utf8)
        return text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            if plain.contains(byte) || scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte) {
                return String(scalar)
            }
            return "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
        }.joined()
    }
}
