import Testing

@testable import Identity

@Suite("The cost of a hash")
struct ScryptCostTests {
    @Test(
        "It is read as log2 N, r and p",
        arguments: [
            ("15,8,3", 15, 8, 3), ("1,1,1", 1, 1, 1), ("20,8,16", 20, 8, 16), ("18,32,1", 18, 32, 1),
            ("10,8,1", 10, 8, 1),
        ])
    func good(text: String, log2N: Int, blockSize: Int, parallelization: Int) throws {
        let cost = try #require(ScryptCost(text))
        #expect(cost.log2N == log2N)
        #expect(cost.blockSize == blockSize)
        #expect(cost.parallelization == parallelization)
        #expect(cost.description == text)
        #expect(cost == ScryptCost(log2N: log2N, blockSize: blockSize, parallelization: parallelization))
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", ",", ",,", "15", "15,8", "15,8,3,1", "15,8,3,", ",15,8,3", "15;8;3", "15 8 3", "15, 8,3", " 15,8,3",
            "15,8,3\n",
            "+15,8,3", "-15,8,3", "015,8,3", "15,08,3", "0,8,3", "15,0,3", "15,8,0", "21,8,3", "15,33,3", "15,8,17",
            "a,b,c",
            "1e1,8,3", "15.0,8,3", "0x1,8,3", "99999999999999999999,8,3", "١,1,1", "15,,3",
        ])
    func bad(text: String) {
        #expect(ScryptCost(text) == nil)
    }

    /// scrypt itself needs N < 2^(128 r / 8) (RFC 7914 section 2), which libcrypto checks: a cost beyond that cannot be
    /// computed, so it must not be taken for one.
    @Test(
        "With r = 1, N is under 2^16",
        arguments: [("15,1,1", true), ("16,1,1", false), ("20,1,16", false), ("20,2,1", true)])
    func computable(text: String, isGood: Bool) {
        #expect((ScryptCost(text) != nil) == isGood)
    }

    @Test("A hash may take 1 GiB of memory, 128 r N bytes, and no more", arguments: ["20,9,1", "19,17,1", "20,32,16"])
    func memory(text: String) {
        #expect(ScryptCost(text) == nil)
    }

    @Test("The recommended cost is the contract's default")
    func recommended() {
        #expect(ScryptCost.recommended.description == "15,8,3")
    }

    @Test(
        "Of two costs, the one with less work is the lower",
        arguments: [
            ("14,8,3", "15,8,3", true), ("15,8,3", "15,8,3", false), ("15,8,3", "14,8,3", false),
            ("15,8,2", "15,8,3", true),
            ("15,4,3", "15,8,3", true), ("16,8,1", "15,8,3", true), ("16,8,2", "15,8,3", false),
            ("1,1,1", "1,1,2", true),
            // As much work in less memory is lower; of two costs, one at most.
            ("14,8,6", "15,8,3", true), ("15,8,3", "14,8,6", false), ("14,8,16", "15,8,3", false),
            ("15,8,3", "14,8,16", true),
        ])
    func comparison(one: String, other: String, isLower: Bool) {
        #expect(ScryptCost.cost(one).isLower(than: .cost(other)) == isLower)
    }
}
