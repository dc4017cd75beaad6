import Statistics
import Testing

@testable import Load

@Suite("What is sent, and where to")
struct MixTests {
    @Test("A mix is read, and what it does not name does not happen")
    func reading() throws {
        let mix = try Mix("sign-in=1,browse=9")
        #expect(Kind.allCases.map { mix[$0] } == [9, 0, 1, 0])
        #expect(try Mix("browse=90,renew=5,sign-in=3,sign-out=2") == .standard)
    }

    @Test(
        "What is no mix is refused",
        arguments: [
            "", "browse", "browse=", "=1", "browse=-1", "browse=+1", "browse=1.5", "browse=1,", "browse=1,browse=2",
            "browse=0", "Browse=1", "surf=1", "browse=1=2", "browse=1 ,renew=1", "browse=9999999",
        ])
    func refused(_ text: String) {
        #expect(throws: Mix.Wrong.form) { try Mix(text) }
    }

    @Test("More sign-outs than sign-ins are refused: nobody would be left")
    func runsOut() throws {
        #expect(throws: Mix.Wrong.runsOut) { try Mix("browse=9,sign-in=1,sign-out=2") }
        _ = try Mix("browse=9,sign-in=2,sign-out=2")
    }

    @Test("Each kind is drawn as often as its weight says, and a seed gives the same order again")
    func drawing() {
        func draw() -> [Kind] {
            var random = SeededGenerator(seed: 7, stream: 0)
            return (0..<20_000).map { _ in Mix.standard.draw(&random) }
        }
        let drawn = draw()
        for kind in Kind.allCases {
            let share = Double(drawn.count { $0 == kind }) / 200
            // Four standard deviations of the share, in percent.
            let weight = Double(Mix.standard[kind])
            #expect(abs(share - weight) < 4 * (weight * (100 - weight) / 20_000).squareRoot())
        }
        #expect(draw() == drawn)
    }

    @Test(
        "What is not on this machine is known as such",
        arguments: [
            "https://bank.example.com", "http://10.0.0.1:80", "http://128.0.0.1", "http://127.0.0.1.example.com",
            "http://127.1", "http://[::2]", "http://localhost.example.com", "http://notlocalhost", "http://0.0.0.0",
        ])
    func foreign(_ url: String) throws {
        #expect(try #require(Targets(banks: ["http://127.0.0.1:1", url], retirements: [])).foreign == [url])
    }

    @Test(
        "What is on this machine is known as such",
        arguments: [
            "http://127.0.0.1:8081", "http://localhost", "HTTP://LOCALHOST:1", "http://[::1]:8081",
            "https://bank.sso.localhost:8443", "http://127.9.8.7",
        ])
    func loopback(_ url: String) throws {
        #expect(try #require(Targets(banks: [], retirements: [url])).foreign == [])
    }

    @Test(
        "What is no address of a server is refused",
        arguments: [
            "", "bank", "ftp://a", "http://", "http://a/", "http://a/b", "http://a?b", "http://127.0.0.1@example.com",
            "http://a b", "http://a:b", "http://a:123456", "http://[::1", "http://ä",
        ])
    func noTarget(_ url: String) {
        #expect(Targets(banks: [url], retirements: []) == nil)
    }

    @Test("An account is a name, a space and a password that may have spaces")
    func account() {
        #expect(LoadPlan.Account(line: "anna a b ")?.password == "a b ")
        #expect(LoadPlan.Account(line: "anna a b ")?.name == "anna")
        for line in ["", "anna", "anna ", " anna"] { #expect(LoadPlan.Account(line: line) == nil) }
    }
}
