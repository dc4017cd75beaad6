import Identity
import Testing

@Suite("Email addresses")
struct EmailAddressTests {
    @Test(
        "A name, one @ and a host make an address; the host is in lower case",
        arguments: [
            ("anna@example.com", "anna@example.com"), ("Anna.B@Example.COM", "Anna.B@example.com"),
            ("a@b", "a@b"), ("sso@localhost", "sso@localhost"), ("o'brien+tag@x-y.example", "o'brien+tag@x-y.example"),
            ("!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"), ("1@127.0.0.1", "1@127.0.0.1"),
        ])
    func good(text: String, kept: String) throws {
        let address = try EmailAddress(text)
        #expect(address.text == kept)
        #expect(address.description == kept)
        #expect(address.host == kept.split(separator: "@")[1])
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "@", "anna", "anna@", "@example.com", "a@b@c", "anna@@example.com", "an na@example.com",
            " anna@example.com", "anna@example.com ", "anna@exam ple.com", "anna@example.com\n", "anna\r\n@example.com",
            "anna@example.com\r\nBcc: x@y", "anna@example.com\u{0}", "anna\t@example.com", "anna\u{7f}@example.com",
            "änna@example.com", "anna@exämple.com", "anna@e\u{212A}ample.com", "anna@example.com>",
            "<anna@example.com>",
            "\"an na\"@example.com", "anna,bob@example.com", "anna;bob@example.com", "anna:x@example.com",
            "anna\\x@example.com", "anna(x)@example.com", "anna[x]@example.com", ".anna@example.com",
            "anna.@example.com", "an..na@example.com", "anna@.example.com", "anna@example..com", "anna@example.com.",
            "anna@-example.com", "anna@example-.com", "anna@exa_mple.com", "anna@[127.0.0.1]", "anna@example.com:25",
        ])
    func bad(text: String) {
        #expect(throws: IdentityError.invalidEmail) { try EmailAddress(text) }
    }

    @Test("Its length is bounded: 254 bytes, 64 before the @, 63 in a part of the host")
    func length() throws {
        let host = Array(repeating: String(repeating: "h", count: 62), count: 3).joined(separator: ".")
        let long = String(repeating: "n", count: 64) + "@" + host
        #expect(long.utf8.count == 253)
        #expect(throws: Never.self) { try EmailAddress(long) }
        #expect(throws: Never.self) { try EmailAddress(long + "h") }
        #expect(throws: IdentityError.invalidEmail) { try EmailAddress(long + ".h") }
        #expect(throws: IdentityError.invalidEmail) { try EmailAddress(String(repeating: "n", count: 65) + "@h") }
        #expect(throws: IdentityError.invalidEmail) { try EmailAddress("n@" + String(repeating: "h", count: 64)) }
    }
}
