import Foundation
import Harness
import Testing

extension Faults {
    @Suite("Eight servers start at once")
    struct StartRaceTests {
        @Test("On a database that is not there yet, and on one that all of them were killed on, all of them start")
        func startTogether() async throws {
            let kind = DatabaseKind.chosen
            let folder = try Surroundings.makeTemporaryFolder()
            let reaper = try Reaper(removing: folder)
            try await Cluster.makeKeys(at: "\(folder)/keys.json")
            for round in 1...5 {
                let database =
                    switch kind {
                    case .sqlite: "sqlite:\(folder)/\(round).sqlite"
                    case .postgresql: try await PostgreSQL.shared.makeDatabase()
                    }
                let servers = try (1...8).map { index in
                    let own = "\(folder)/\(round)-\(index)"
                    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
                    return ServerProcess(
                        name: index.isMultiple(of: 2) ? "bank" : "retirement", host: "127.0.0.1", port: 0,
                        arguments: [
                            "--port", "0", "--keys", "\(folder)/keys.json", "--database", database,
                            "--scrypt", "4,8,1",
                        ],
                        environment: Surroundings.environment(adding: [:]), executables: nil, folder: own,
                        reaper: reaper)
                }
                for _ in 1...2 {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for server in servers { group.addTask { try await server.start() } }
                        try await group.waitForAll()
                    }
                    for server in servers { #expect(server.isRunning) }
                    #expect(try await ClusterDatabase(url: database).faults() == [])
                    await withTaskGroup(of: Void.self) { group in
                        for server in servers { group.addTask { await server.kill() } }
                    }
                }
            }
        }
    }
}
