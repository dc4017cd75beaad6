import HTTPTypes
import Hummingbird
import Identity

/// The pages around a forgotten password.
extension Pages {
    /// - Parameter isDone: whether a name was just given: the page then says the same for every name.
    func forgot(isDone: Bool = false) -> Response { render("forgot", ["done": isDone]) }

    /// The form for another password. The token stands in its address and in it, so the browser is told to name that
    /// address to nobody.
    func reset(token: String, for user: User, problem: Problem? = nil) -> Response {
        var content: Content = ["token": token, "username": user.name.spelling, "open": true]
        if problem?.code == "invalid_password" {
            content["passwordProblem"] = problem?.detail
        } else {
            content["problem"] = problem?.detail
        }
        return withoutReferrer(render("reset", content, problem: problem))
    }

    func resetDone() -> Response { withoutReferrer(render("reset", ["done": true])) }

    func resetRefused(_ problem: Problem) -> Response {
        withoutReferrer(render("reset", ["refusal": problem.detail], problem: problem))
    }

    private func withoutReferrer(_ response: Response) -> Response {
        var response = response
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}
