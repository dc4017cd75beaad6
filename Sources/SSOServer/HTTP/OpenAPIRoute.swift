import Foundation
import HTTPTypes
import Hummingbird

/// `/openapi.json`: what programs can ask this server for, as a document of OpenAPI 3.1.
///
/// The resource is JSON as it stands, with words in capitals for what differs from server to server, and for the headers
/// that every answer has.
struct OpenAPIRoute {
    let server: Server
    let cookies: CookieSettings

    func add(to routes: Routes, on router: Router<AppContext>) {
        let body = ByteBuffer(string: document)
        routes.get("/openapi.json", on: router) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "public, max-age=300"],
                body: .init(byteBuffer: body))
        }
    }

    var document: String {
        [
            ("SERVER_NAME", server.name),
            ("DATA_NAME", "\(server.dataName)"),
            ("\"DATA_SCHEMA\"", String(decoding: server.dataSchema, as: UTF8.self)),
            ("COOKIE_NAME", cookies.accessName),
            ("\"ON_EVERY_ANSWER\": 0", Self.headersOnEveryAnswer),
        ].reduce(String(decoding: PackageResources.openapi_json, as: UTF8.self)) { text, word in
            text.replacingOccurrences(of: word.0, with: word.1)
        }
    }

    private static let headersOnEveryAnswer =
        ["X-Request-Id", "Server-Timing", "Cache-Control", "X-Content-Type-Options"]
        .map { "\"\($0)\": {\"$ref\": \"#/components/headers/\($0)\"}" }.joined(separator: ", ")
}
