import Testing

@testable import Identity

@Suite("A server's memory of its sessions is kept small")
struct SessionMemoryTests {
    private func session(_ id: String, of user: String, at time: Int) throws -> OwnedSession {
        OwnedSession(
            user: UserID(rawValue: user), userName: try UserName("anna"), userCount: 0,
            session: Session(
                id: SessionID(rawValue: id), count: 0, createdAt: time, lastUsedAt: time, endedAt: nil))
    }

    private func ids(_ memory: SessionMemory, of user: String) -> [String] {
        memory.sessions(of: UserID(rawValue: user)).map(\.id.rawValue)
    }

    @Test("A user's oldest session makes place for one too many, and nobody else's does")
    func perUser() throws {
        var memory = SessionMemory()
        memory.add(try session("bert", of: "bert", at: 0), forgettingBegunBy: -1)
        for number in 0..<SessionMemory.maximumPerUser {
            memory.add(try session("anna \(number)", of: "anna", at: 1), forgettingBegunBy: -1)
        }
        #expect(memory[SessionID(rawValue: "anna 0")] != nil)
        #expect(memory.count == SessionMemory.maximumPerUser + 1)
        for number in 0..<3 {
            memory.add(try session("more \(number)", of: "anna", at: 1), forgettingBegunBy: -1)
            #expect(memory[SessionID(rawValue: "anna \(number)")] == nil)
            #expect(memory[SessionID(rawValue: "anna \(number + 1)")] != nil)
            #expect(memory.count == SessionMemory.maximumPerUser + 1)
        }
        #expect(ids(memory, of: "anna").count == SessionMemory.maximumPerUser)
        #expect(ids(memory, of: "bert") == ["bert"])
    }

    @Test("Sessions that have expired are dropped before they are as many again as the good ones")
    func sweep() throws {
        var memory = SessionMemory()
        // A new session each second, of which each lives for 500 seconds.
        var most = 0
        for time in 0..<10_000 {
            memory.add(try session("\(time)", of: "user \(time)", at: time), forgettingBegunBy: time - 500)
            most = max(most, memory.count)
            #expect(memory[SessionID(rawValue: "\(max(0, time - 499))")] != nil)
        }
        #expect(most == SessionMemory.fewSessions)
        #expect(ids(memory, of: "user 1") == [])
        #expect(ids(memory, of: "user 9999") == ["9999"])
    }

    @Test("Many good sessions stay, and are not gone through at each sign-in")
    func many() throws {
        var memory = SessionMemory()
        for time in 0..<20_000 {
            memory.add(try session("\(time)", of: "user \(time)", at: time), forgettingBegunBy: -1)
        }
        #expect(memory.count == 20_000)
        // All have expired: a sweep comes by the time they have doubled.
        for time in 20_000..<41_000 {
            memory.add(try session("\(time)", of: "user \(time)", at: time), forgettingBegunBy: 19_999)
        }
        #expect(memory.count == 21_000)
    }

    @Test("Forgetting takes the session out of its user's list")
    func remove() throws {
        var memory = SessionMemory()
        for id in ["1", "2", "3"] { memory.add(try session(id, of: "anna", at: 0), forgettingBegunBy: -1) }
        memory.add(try session("4", of: "bert", at: 0), forgettingBegunBy: -1)
        memory.remove(SessionID(rawValue: "2"))
        memory.remove(SessionID(rawValue: "2"))
        #expect(ids(memory, of: "anna") == ["1", "3"])
        memory.removeAll(of: UserID(rawValue: "anna"), but: SessionID(rawValue: "3"))
        #expect(ids(memory, of: "anna") == ["3"])
        memory.removeAll(of: UserID(rawValue: "anna"))
        #expect(memory.count == 1)
        #expect(ids(memory, of: "bert") == ["4"])
    }
}
