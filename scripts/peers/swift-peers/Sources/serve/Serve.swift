import Checks
import Hummingbird

/// The peer Hummingbird with jwt-kit: answers `GET /api/me` like the bank.
///
///     printf '%s\n%s\n' TOKEN SECRET_IN_HEX | hummingbird PORT
@main
struct Serve {
    static func main() async throws {
        guard let port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) else {
            fatalError("the port is missing")
        }
        let checks = await Checks()
        let router = Router()
        router.get("/api/me") { request, _ -> EditedResponse<Me> in
            guard let header = request.headers[.authorization], header.hasPrefix("Bearer "),
                let claims = try? await checks.verify(String(header.dropFirst("Bearer ".count)))
            else { throw HTTPError(.unauthorized) }
            return EditedResponse(headers: [.cacheControl: "no-store"], response: Me(claims))
        }
        let configuration = ApplicationConfiguration(address: .hostname("127.0.0.1", port: port))
        try await Application(router: router, configuration: configuration).runService()
    }
}

/// What `GET /api/me` answers.
struct Me: ResponseEncodable {
    let server: String, iss: String, aud: [String], sub: String, name: String, sid: String, jti: String
    let count: Int, iat: Int, exp: Int

    init(_ claims: AccessPayload) {
        server = "hummingbird"
        iss = claims.iss.value
        aud = claims.aud.value
        sub = claims.sub.value
        name = claims.name
        sid = claims.sid
        jti = claims.jti.value
        count = claims.count
        iat = Int(claims.iat.value.timeIntervalSince1970)
        exp = Int(claims.exp.value.timeIntervalSince1970)
    }
}
