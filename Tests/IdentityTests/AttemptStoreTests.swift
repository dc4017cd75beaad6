import GRDB
import Holdings
import Testing

@testable import Identity
@testable import SQLiteStore

@Suite("Times of attempts")
struct AttemptStoreTests {
    private let a = AttemptKey("a")
    private let b = AttemptKey("b")

    @Test("What is set is there in the next call, of what was named and is not over", arguments: StoreKind.allCases)
    func kept(_ kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let (a, b) = (a, b)
            try await store.changeTimes(under: [a, b], at: 1000) { times in
                #expect(times == [:])
                times = [a: 5000, b: 1000]
            }
            #expect(try await store.changeTimes(under: [a, b], at: 2000) { $0 } == [a: 5000])
            #expect(try await store.changeTimes(under: [b], at: 2000) { $0 } == [:])
            try await store.changeTimes(under: [a], at: 2000) { $0[a] = nil }
            #expect(try await store.changeTimes(under: [a, b], at: 2000) { $0 } == [:])
        }
    }

    @Test("Of many calls at once each sees what the last one left", arguments: StoreKind.allCases)
    func together(_ kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            let a = a
            let seen = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let value = try? await store.changeTimes(under: [a], at: 0) { times in
                            let next = (times[a] ?? 0) + 1
                            times[a] = next
                            return next
                        }
                        return value ?? 0
                    }
                }
                return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(seen.sorted() == Array(1...200))
        }
    }

    @Test(
        "Two servers on one database count together, and neither gets in the other's way", arguments: StoreKind.allCases
    )
    func twoServers(_ kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let a = a
            let seen = await withTaskGroup(of: Int.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let store = index % 2 == 0 ? first : second
                        let value = try? await store.changeTimes(under: [a], at: 0) { times in
                            let next = (times[a] ?? 0) + 1
                            times[a] = next
                            return next
                        }
                        return value ?? 0
                    }
                }
                return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(seen.sorted() == Array(1...200))
        }
    }

    @Test("Rows whose time has come are removed as others are written")
    func removed() async throws {
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store async throws in
                let keys = (0..<50).map { AttemptKey("row", [UInt8($0)]) }
                try await store.changeTimes(under: keys, at: 0) { times in
                    for key in keys { times[key] = 10 }
                }
                func rows() async throws -> Int? {
                    try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM attempts") }
                }
                #expect(try await rows() == 50)
                let a = a
                try await store.changeTimes(under: [a], at: 10) { $0[a] = 20 }
                #expect(try await rows() == 1)
            }
        }
    }

    @Test("No name stands in a key, and no two lists of parts have one key")
    func keys() async throws {
        let name = Array("correct horse".utf8)
        #expect(AttemptKey("account", name).bytes.count == 16)
        let keys = [
            AttemptKey("account", name), AttemptKey("account", name, []), AttemptKey("accoun", Array("t".utf8) + name),
            AttemptKey("account", Array(name.prefix(3)), Array(name.dropFirst(3))), AttemptKey("account"),
        ]
        #expect(Set(keys).count == keys.count)
        try await withFolder { folder in
            try await withSQLiteStore(folder + "/sso.sqlite") { store async throws in
                let gate = AttemptGate(store: store, limits: .standard) { 1_700_000_000_000 }
                try? await gate.signIn("correct horse", from: .unknown) { () async throws(IdentityError) in
                    throw .invalidCredentials
                }
                let text = try await store.read { database in
                    try Row.fetchAll(database, sql: "SELECT * FROM attempts").map(\.description).joined()
                }
                #expect(!text.isEmpty && !text.contains("correct"))
            }
        }
    }
}

@Suite("Places that attempts come from")
struct PlaceTests {
    private let network: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2]

    @Test("An IPv4 address is one place, and the IPv6 addresses of one network are one")
    func prefixes() {
        #expect(Place(address: [10, 0, 0, 1]) != Place(address: [10, 0, 0, 2]))
        let first = Place(address: network + [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(first == Place(address: network + [1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(first.prefix == network)
        #expect(first != Place(address: network.dropLast() + [3, 0, 0, 0, 0, 0, 0, 0, 1]))
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1]
        #expect(Place(address: mapped) == Place(address: [10, 0, 0, 1]))
        for length in [0, 1, 5, 15, 17] { #expect(Place(address: [UInt8](repeating: 1, count: length)) == .unknown) }
    }
}
