public import Curl

extension Response {
    /// The body as JSON, or nil if it is none.
    public var json: JSONValue? { JSONValue(body) }

    /// The string of that name in the JSON object that is the body; nil if it is not there or no string.
    public func json(_ name: String) -> String? { json?[name]?.string }

    /// The integer of that name in the JSON object that is the body; nil if it is not there or no integer.
    public func jsonInteger(_ name: String) -> Int? { json?[name]?.integer }

    /// The names in the JSON object that is the body, sorted; empty if it is none.
    public var jsonKeys: [String] { json?.keys ?? [] }

    /// How many statements ran against the database; nil if `Server-Timing` does not say it of both.
    public var serverTiming: ServerTiming? { ServerTiming(headers(named: "Server-Timing")) }

    /// The cookies it sets, in order.
    public var setCookies: [SetCookie] { headers(named: "Set-Cookie").map(SetCookie.init) }

    /// The first cookie of that name it sets, or nil.
    public func setCookie(named name: String) -> SetCookie? { setCookies.first { $0.name == name } }
}

extension Exchange {
    /// The answer's body as JSON, or nil if it is none.
    public var json: JSONValue? { response.json }

    /// The string of that name in the JSON object that is the answer's body; nil if it is not there or no string.
    public func json(_ name: String) -> String? { response.json(name) }

    /// The integer of that name in the JSON object that is the answer's body; nil if it is not there or no integer.
    public func jsonInteger(_ name: String) -> Int? { response.jsonInteger(name) }

    /// The first cookie of that name that the answer sets, or nil.
    public func setCookie(named name: String) -> SetCookie? { response.setCookie(named: name) }
}

/// What a server says in `Server-Timing`: `auth;dur=0.12;desc="0", db;dur=0.00;desc="0"`.
public struct ServerTiming: Sendable, Equatable {
    /// Statements that ran to find out who is asking.
    public let auth: Int
    /// All statements that ran, those of `auth` included.
    public let db: Int

    /// Makes a value to compare with.
    public init(auth: Int, db: Int) {
        self.auth = auth
        self.db = db
    }

    /// Reads header lines; the metrics may stand on one line or on several.
    init?(_ lines: [String]) {
        var statements: [String: Int] = [:]
        for metric in lines.flatMap({ $0.split(separator: ",") }) {
            let parts = metric.split(separator: ";").map { $0.trimmed }
            for part in parts.dropFirst() where part.hasPrefix("desc=") {
                let digits = part.dropFirst("desc=".count).filter { $0 != "\"" }
                // Int alone would take "+5" as well.
                guard digits.utf8.allSatisfy({ (48...57).contains($0) }) else { continue }
                statements[parts[0]] = Int(digits)
            }
        }
        guard let auth = statements["auth"], let db = statements["db"] else { return nil }
        self.init(auth: auth, db: db)
    }
}

/// A `Set-Cookie` header, with its attributes as sent: libcurl's jar ignores some of them, such as `SameSite`.
public struct SetCookie: Sendable, Equatable {
    /// The header's value, untouched.
    public let raw: String
    /// The cookie's name.
    public let name: String
    /// The cookie's value.
    public let value: String
    private let attributes: [String: String]

    init(_ raw: String) {
        self.raw = raw
        var parts = raw.split(separator: ";", omittingEmptySubsequences: false).map { splitAtEquals($0) }
        (name, value) = parts.removeFirst()
        attributes = Dictionary(parts.map { ($0.0.lowercased(), $0.1) }) { $1 }
    }

    /// The value of an attribute (any case): `cookie["SameSite"] == "Lax"`. It is empty for one without a value,
    /// such as `HttpOnly`, and nil for one that is not there.
    public subscript(attribute: String) -> String? { attributes[attribute.lowercased()] }

    /// Whether an attribute (any case) is there.
    public func has(_ attribute: String) -> Bool { self[attribute] != nil }
}

private func splitAtEquals(_ part: Substring) -> (String, String) {
    let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (halves[0].trimmed, halves.count > 1 ? halves[1].trimmed : "")
}

extension Substring {
    fileprivate var trimmed: String {
        let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
        let head = utf8.drop(while: isBlank)
        let end = head.lastIndex { !isBlank($0) }.map { head.index(after: $0) } ?? head.startIndex
        return String(head[..<end]) ?? ""
    }
}
