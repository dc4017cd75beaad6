import HTTPTypes
import Hummingbird
import Tokens

/// An answer that says what went wrong, as `application/problem+json` (RFC 9457).
struct Problem: Error {
    let status: HTTPResponse.Status
    /// What a program decides by.
    let code: String
    /// One sentence for a person that says what to do.
    let detail: String
    var headers = HTTPFields()

    init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.add("title", status.reasonPhrase)
        json.add("status", status.code)
        json.add("detail", detail)
        json.add("code", code)
        return json.bytes
    }

    var response: Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: .init(bytes: json)))
    }

    /// The same, to be tried again in some seconds.
    func retry(after seconds: Int) -> Problem {
        with(.retryAfter, "\(seconds)")
    }

    func with(_ name: HTTPField.Name, _ value: String) -> Problem {
        var problem = self
        problem.headers[name] = value
        return problem
    }
}

extension Problem {
    static let notFound = Problem(.notFound, "not_found", "There is nothing at this path.")
    static let internalError = Problem(
        .internalServerError, "internal_error",
        "Something unexpected went wrong. The operator finds it by X-Request-Id.")
    static let ambiguousCredentials = Problem(
        .badRequest, "ambiguous_credentials",
        "Two different tokens came with the request, so it is not clear which was meant. Send one; in a browser, "
            + "delete this site's cookies.")
    static let crossSite = Problem(
        .forbidden, "cross_site_request",
        "The request comes from another site, or does not say from where. Use the page of this server; a program that "
            + "sends cookies says its Origin as well.")
    static let bodyTooLarge = Problem(.contentTooLarge, "body_too_large", "The body is over 16 KiB.")
    static let malformedJSON = Problem(.badRequest, "malformed_json", "The body is not one strict JSON text.")
    static let malformedForm = Problem(.badRequest, "malformed_form", "The body is not a URL-encoded form.")

    static func contentType(_ needed: String) -> Problem {
        Problem(.unsupportedMediaType, "unsupported_media_type", "The body must be \(needed); say so in Content-Type.")
    }

    static func field(_ name: String, _ detail: String) -> Problem {
        Problem(.unprocessableContent, "invalid_\(name)", detail)
    }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let methods = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return Problem(.methodNotAllowed, "method_not_allowed", "This path answers \(methods).").with(.allow, methods)
    }

    /// A 401 for a token, with the challenge of RFC 6750 section 3.
    static func token(_ code: String, _ detail: String) -> Problem {
        Problem(.unauthorized, code, detail).with(.wwwAuthenticate, "Bearer error=\"invalid_token\"")
    }

    /// A 401 for no token at all: the challenge names no error then (RFC 6750 section 3.1).
    static let tokenMissing = Problem(
        .unauthorized, "token_missing", "Sign in first: send an access token as 'Authorization: Bearer'."
    ).with(.wwwAuthenticate, "Bearer")
}
