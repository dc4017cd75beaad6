import Foundation
import Oracle

@testable import Tokens

/// What is taken for JSON is UTF-8 and JSON to Foundation too, and means the same when written again; so do the claims
/// that are read from it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = bytes(start, count)
    let value = try? JSONValue(text)
    if let value {
        expect(String(validating: text, as: UTF8.self) != nil, "it is not UTF-8")
        // Foundation does not read numbers that no Double can hold.
        if !value.hasOtherNumber {
            let theirs = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
            expect(theirs.map { value.isSame(as: $0) } == true, "to Foundation it is \(String(describing: theirs))")
        }
        let again = try? JSONValue(value.text.utf8)
        expect(again == value, "written again it is \(String(describing: again))")
    }

    let access = try? AccessClaims(payload: text)
    let refresh = try? RefreshClaims(payload: text)
    if let access {
        expect(access.session == refresh?.session, "the kinds differ in what both say")
        expect(!access.userName.isEmpty, "nobody's name")
        expect((try? AccessClaims(payload: access.payload)) == access, "other claims when written again")
    }
    if let refresh {
        guard case .object(let object)? = value else {
            expect(false, "claims that are no object")
            return 0
        }
        check(refresh.session, against: object)
        expect((try? RefreshClaims(payload: refresh.payload)) == refresh, "other claims when written again")
    }
    return 0
}

/// Each claim is the member of its name.
private func check(_ claims: SessionClaims, against object: JSONObject) {
    let texts = [
        ("iss", claims.issuer), ("aud", claims.audience), ("sub", claims.subject), ("sid", claims.sessionID),
        ("jti", claims.tokenID),
    ]
    for (name, claim) in texts {
        expect(!claim.isEmpty && object[name] == .string(claim), "\(name) is \(claim)")
    }
    let signIn = claims.authenticatedAt.map { [("auth_time", $0)] } ?? []
    for (name, claim) in [("count", claims.count), ("iat", claims.issuedAt), ("exp", claims.expiresAt)] + signIn {
        expect((0...JSONValue.largestInteger).contains(claim) && object[name] == .integer(claim), "\(name) is \(claim)")
    }
}

extension JSONValue {
    fileprivate var hasOtherNumber: Bool {
        switch self {
        case .otherNumber: true
        case .array(let values): values.contains { $0.hasOtherNumber }
        case .object(let object): object.members.contains { $0.value.hasOtherNumber }
        case .null, .bool, .integer, .string: false
        }
    }

    /// Whether Foundation has read the same, as far as it says: its numbers and booleans are one type, and to its objects
    /// two names that Swift takes for equal are one.
    fileprivate func isSame(as theirs: Any) -> Bool {
        switch self {
        case .string(let value):
            // It drops byte-order marks from strings.
            let mark: Unicode.Scalar = "\u{FEFF}"
            guard let theirs = theirs as? String else { return false }
            return theirs.unicodeScalars.filter { $0 != mark }.elementsEqual(value.unicodeScalars.filter { $0 != mark })
        case .array(let values):
            guard let theirs = theirs as? [Any], theirs.count == values.count else { return false }
            return zip(values, theirs).allSatisfy { $0.isSame(as: $1) }
        case .object(let object):
            guard let theirs = theirs as? [String: Any] else { return false }
            let isPlain = object.members.allSatisfy { $0.name.utf8.allSatisfy { $0 < 0x80 } }
            guard isPlain else { return true }
            return theirs.count == object.members.count
                && object.members.allSatisfy { member in theirs[member.name].map { member.value.isSame(as: $0) } == true
                }
        case .null, .bool, .integer, .otherNumber: return true
        }
    }

    /// The value written in the plainest way, every character beyond letters and digits as an escape.
    fileprivate var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .otherNumber: "0.5"
        case .string(let value): Self.quoted(value)
        case .array(let values): "[\(values.map(\.text).joined(separator: ","))]"
        case .object(let object):
            "{\(object.members.map { "\(Self.quoted($0.name)):\($0.value.text)" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ string: String) -> String {
        let units = string.utf16.map { unit in
            (0x30...0x39).contains(unit) || (0x61...0x7A).contains(unit)
                ? String(Character(Unicode.Scalar(UInt8(unit))))
                : "\\u" + String(0x10000 + Int(unit), radix: 16).suffix(4)
        }
        return "\"\(units.joined())\""
    }
}
