/// One header field. Order and duplicates are kept wherever headers appear in this module.
public struct Header: Sendable, Hashable {
    /// The field name, spelled as it is sent or was received.
    public let name: String
    /// The field value, without the white space around it.
    public let value: String

    /// Makes a header that is sent as `name: value`.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether this is the header of that name; case does not matter (RFC 9110, section 5.1).
    public func isNamed(_ other: String) -> Bool {
        name.lowercased() == other.lowercased()
    }
}

/// What to send.
///
/// Nothing is added but what HTTP needs (`Host`, `Content-Length`) and the jar's `Cookie`.
public struct Request: Sendable {
    /// The method, sent as it is: `GET`, `POST`, or anything else.
    public var method: String
    /// An absolute `http` or `https` address. Its path is sent as it is, `/../` included.
    public var url: String
    /// Headers, exactly as given: duplicates are sent twice. A `Cookie` here stands beside the jar's own.
    public var headers: [Header]
    /// The body, or nil for none.
    public var body: [UInt8]?

    /// Describes a request; nothing is sent yet.
    public init(method: String = "GET", url: String, headers: [Header] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What came back.
public struct Response: Sendable {
    /// The status code, such as 200.
    public var status: Int
    /// The status line as received, such as `HTTP/1.1 200 OK`.
    public var statusLine: String
    /// Headers in the order received, duplicates kept.
    public var headers: [Header]
    /// The body, with any chunked encoding removed.
    public var body: [UInt8]

    /// Makes a response by hand, for tests of what reads one.
    public init(status: Int, statusLine: String = "", headers: [Header] = [], body: [UInt8] = []) {
        self.status = status
        self.statusLine = statusLine
        self.headers = headers
        self.body = body
    }

    /// The body as UTF-8; bytes that are not UTF-8 become U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first header of that name (any case), or nil.
    public func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }

    /// The values of all headers of that name (any case), in order.
    public func headers(named name: String) -> [String] {
        headers.filter { $0.isNamed(name) }.map(\.value)
    }
}

/// How long a transfer took, in seconds since it started.
public struct Timings: Sendable {
    /// Until the last byte was received.
    public var total: Double
    /// Until the first byte was received.
    public var firstByte: Double

    /// Makes timings from seconds.
    public init(total: Double, firstByte: Double) {
        self.total = total
        self.firstByte = firstByte
    }
}

/// A request with its answer, as a record to look at or print.
///
/// Properties of the response can be read on the exchange itself: `exchange.status`.
@dynamicMemberLookup
public struct Exchange: Sendable {
    /// What was asked for.
    public var request: Request
    /// The request line and headers as really sent, line ends included; one after the other if redirects were followed.
    public var sentHead: String
    /// What came back last.
    public var response: Response
    /// How long it took.
    public var timings: Timings

    /// Makes a record by hand, for tests of what reads one.
    public init(request: Request, sentHead: String, response: Response, timings: Timings) {
        self.request = request
        self.sentHead = sentHead
        self.response = response
        self.timings = timings
    }

    /// A property of the response.
    public subscript<Value>(dynamicMember member: KeyPath<Response, Value>) -> Value {
        response[keyPath: member]
    }

    /// The response's headers in the order received, duplicates kept.
    public var headers: [Header] { response.headers }

    /// The value of the response's first header of that name (any case), or nil.
    public func header(_ name: String) -> String? { response.header(name) }

    /// The values of all the response's headers of that name (any case), in order.
    public func headers(named name: String) -> [String] { response.headers(named: name) }
}
