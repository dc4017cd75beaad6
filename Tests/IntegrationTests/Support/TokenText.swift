import Foundation
import Harness
import Testing

/// What the header of a token says, read without checking anything.
func header(of token: String?) throws -> JSONValue { try part(0, of: token) }

/// What the claims of a token say, read without checking anything.
func claims(of token: String?) throws -> JSONValue { try part(1, of: token) }

/// The id of the key that signed a token.
func keyID(of token: String?) throws -> String { try #require(try header(of: token)["kid"]?.string) }

/// Waits until a token's `exp` has come.
func waitUntilExpired(_ token: String?) async throws {
    let end = try #require(try claims(of: token)["exp"]?.integer)
    try await waitUntil("the token has expired") { Date().timeIntervalSince1970 >= Double(end) }
}

private func part(_ index: Int, of token: String?) throws -> JSONValue {
    let parts = try #require(token).split(separator: ".", omittingEmptySubsequences: false)
    try #require(parts.count == 3)
    let base64 = parts[index].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
    let bytes = try #require(Data(base64Encoded: base64 + padding))
    return try #require(JSONValue([UInt8](bytes)))
}
