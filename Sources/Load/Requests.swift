import Curl
import Harness

/// What is sent for each kind.
extension Kind {
    func request(to target: Targets.Target, by account: LoadPlan.Account, _ tokens: Visitors.Tokens?) -> Request {
        let bearer = tokens.map { [Header("Authorization", "Bearer \($0.access)")] } ?? []
        switch self {
        case .browse: return Request(url: target.url + target.dataPath, headers: bearer)
        case .renew:
            return .post(target.url + "/api/refresh", jsonObject(["refresh_token": tokens?.refresh ?? ""]))
        case .signIn: return .signIn(account, at: target)
        case .signOut: return Request(method: "POST", url: target.url + "/api/logout", headers: bearer)
        }
    }
}

extension Request {
    static func signIn(_ account: LoadPlan.Account, at target: Targets.Target) -> Request {
        post(target.url + "/api/login", jsonObject(["username": account.name, "password": account.password]))
    }

    static func register(_ account: LoadPlan.Account, at target: Targets.Target) -> Request {
        post(target.url + "/api/register", jsonObject(["username": account.name, "password": account.password]))
    }

    static func post(_ url: String, _ json: String) -> Request {
        Request(
            method: "POST", url: url, headers: [Header("Content-Type", "application/json")], body: Array(json.utf8))
    }
}

/// In a few words what came instead of the good answer: they are counted, so nothing in them may be unique.
func reason(_ result: Result<Exchange, CurlError>) -> String {
    switch result {
    case .success(let exchange):
        guard let code = exchange.json("code"), code.utf8.count <= 40 else { return "\(exchange.status)" }
        return "\(exchange.status) \(code)"
    case .failure(.couldNotConnect): return "could not connect"
    case .failure(.timedOut): return "timed out"
    case .failure(.other(let code, _)): return "curl error \(code)"
    }
}
