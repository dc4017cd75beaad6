import HTTPTypes

// Constants: each is a valid name, which the first request would show.
// swift-format-ignore: NeverForceUnwrap
extension HTTPField.Name {
    static let forwarded = HTTPField.Name("Forwarded")!
    /// A second `Host`: the first has become the authority of the request.
    static let furtherHost = HTTPField.Name("Host")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let serverTiming = HTTPField.Name("Server-Timing")!
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let xForwardedProto = HTTPField.Name("X-Forwarded-Proto")!
}
