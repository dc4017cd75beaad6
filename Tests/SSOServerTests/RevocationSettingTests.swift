import Testing

@testable import SSOServer

@Suite("The settings about revocations")
struct RevocationSettingTests {
    @Test("They are heard of, with half a minute's grace and the open policy, unless one says otherwise")
    func values() throws {
        let standard = try settings().revocations
        #expect(standard.isOn && standard.grace == 30 && !standard.isClosed)
        let flags = try settings([
            "--revocations", "off", "--revocation-grace", "1", "--revocation-policy", "closed",
        ]).revocations
        #expect(!flags.isOn && flags.grace == 1 && flags.isClosed)
        let variables = try settings(
            [],
            ["SSO_REVOCATIONS": "off", "SSO_REVOCATION_GRACE": "3600", "SSO_REVOCATION_POLICY": "closed"]
        ).revocations
        #expect(!variables.isOn && variables.grace == 3600 && variables.isClosed)
    }

    @Test(
        "Anything else is refused by its name",
        arguments: [
            ("revocations", "yes"), ("revocation-grace", "0"), ("revocation-grace", "3601"),
            ("revocation-policy", "half"),
        ])
    func wrong(flag: String, value: String) throws {
        let byFlag = try #require(try refusal(["--\(flag)=\(value)"]))
        #expect(byFlag.code == .usage)
        #expect(byFlag.cause.contains("--\(flag) "))
    }
}
