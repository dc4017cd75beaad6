import Foundation
import Harness
import Tokens

/// A token taken apart, as anybody can do it, and put together again, as only who has the secret can.
struct TokenParts {
    /// The three parts, as they stand between the dots.
    var header: String
    var payload: String
    var signature: String

    /// Takes a token apart.
    ///
    /// - Throws: `HarnessError/misuse(_:)` if there is no token of three parts.
    init(_ token: String?) throws {
        let parts = (token ?? "").split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { throw HarnessError.misuse("a token of three parts was expected") }
        (header, payload, signature) = (parts[0], parts[1], parts[2])
    }

    /// The token.
    var text: String { "\(signingInput).\(signature)" }

    /// What the signature covers.
    var signingInput: String { "\(header).\(payload)" }

    /// The header's JSON text.
    var headerText: String { decoded(header) }

    /// The payload's JSON text.
    var payloadText: String { decoded(payload) }

    /// A claim of the payload, which nobody has checked.
    subscript(claim: String) -> Harness.JSONValue? { Harness.JSONValue(Array(payloadText.utf8))?[claim] }

    /// The key's name in the header.
    var keyID: String { Harness.JSONValue(Array(headerText.utf8))?["kid"]?.string ?? "" }

    /// When it expires.
    var expiry: Date { Date(timeIntervalSince1970: Double(self["exp"]?.integer ?? 0)) }

    /// The same with another header, payload or both, given as JSON text; the signature stays as it is.
    func with(header: String? = nil, payload: String? = nil) -> TokenParts {
        var parts = self
        if let header { parts.header = Base64URL.encode(header.utf8) }
        if let payload { parts.payload = Base64URL.encode(payload.utf8) }
        return parts
    }

    /// The same with the signature that `secret` makes for it.
    func signed(with secret: [UInt8]) -> TokenParts {
        var parts = self
        parts.signature = Base64URL.encode(HMACSteps(secret: secret, message: Array(signingInput.utf8)).outerHash)
        return parts
    }

    private func decoded(_ part: String) -> String {
        String(decoding: Base64URL.decode(part.utf8) ?? [], as: UTF8.self)
    }
}

/// A key of a cluster's key file, with its secret.
struct FileKey {
    let id: String
    let secret: [UInt8]

    /// Reads the key that signs.
    ///
    /// - Throws: `HarnessError/misuse(_:)` if the file is no key file.
    init(signingKeyOf file: String) throws {
        let text = FileManager.default.contents(atPath: file) ?? Data()
        guard let key = Harness.JSONValue(Array(text))?["keys"]?[0], let id = key["kid"]?.string,
            let secret = key["k"]?.string.flatMap({ Base64URL.decode($0.utf8) })
        else { throw HarnessError.misuse("\(file) is no key file") }
        (self.id, self.secret) = (id, secret)
    }
}
