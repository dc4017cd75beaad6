import Testing

@testable import SSOServer

@Suite("The setting for clocks that differ")
struct LeewaySettingTests {
    @Test("It is five seconds unless a flag or a variable says otherwise, from none to a minute")
    func values() throws {
        #expect(try settings().leeway == 5)
        for value in [0, 17, 60] {
            #expect(try settings(["--leeway", "\(value)"]).leeway == value)
            #expect(try settings([], ["SSO_LEEWAY": "\(value)"]).leeway == value)
        }
        #expect(try settings(["--leeway", "3"], ["SSO_LEEWAY": "4"]).leeway == 3)
    }

    @Test("Anything else is refused by its name", arguments: ["-1", "61", "5s", "1.5", "+5", " 5"])
    func wrong(value: String) throws {
        let byFlag = try #require(try refusal(["--leeway=\(value)"]))
        #expect(byFlag.code == .usage)
        #expect(byFlag.cause.contains("--leeway "))
        let byVariable = try #require(try refusal([], ["SSO_LEEWAY": value]))
        #expect(byVariable.code == .configuration)
        #expect(byVariable.cause.contains("SSO_LEEWAY "))
    }
}
