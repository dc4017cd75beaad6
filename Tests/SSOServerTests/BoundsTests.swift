import Identity
import NIOCore
import Testing

@testable import SSOServer

@Suite("Bounds")
struct BoundsTests {
    @Test("Connections leave room for the server's own files, and there is always one")
    func descriptors() {
        #expect(Bounds.connections(forDescriptors: 1 << 20) == 4096)
        #expect(Bounds.connections(forDescriptors: 4160) == 4096)
        #expect(Bounds.connections(forDescriptors: 1024) == 960)
        #expect(Bounds.connections(forDescriptors: 20) == 1)
        #expect(Bounds.connections(forDescriptors: 0) == 1)
        #expect((1...4096).contains(Bounds.openConnections))
    }

    @Test("An address may have a quarter of all connections, unless it is said otherwise")
    func perAddress() throws {
        #expect(try settings(["--max-connections", "100"]).bounds.connectionsPerPlace == 25)
        #expect(try settings(["--max-connections", "2"]).bounds.connectionsPerPlace == 1)
        let both = ["--max-connections", "100", "--max-connections-per-address", "100"]
        #expect(try settings(both).bounds.connectionsPerPlace == 100)
        #expect(try !settings(both).bounds.keepsRoomForOthers)
        #expect(try settings(["--max-connections", "100"]).bounds.keepsRoomForOthers)
        #expect(try settings().bounds.requestSeconds == 10)
        #expect(try settings().bounds.idleSeconds == 60)
    }

    @Test("Who has left makes room")
    func counting() throws {
        let count = ConnectionCount(limit: 2)
        let place = Place(address: [10, 0, 0, 1])
        #expect(count.enter(from: place))
        #expect(count.enter(from: place))
        #expect(!count.enter(from: place))
        #expect(count.enter(from: Place(address: [10, 0, 0, 2])))
        count.leave(from: place)
        #expect(!count.enter(from: place))
        count.leave(from: place)
        count.leave(from: place)
        #expect(count.enter(from: place))
    }

    @Test("A connection's place is its other end")
    func places() throws {
        #expect(try Place(SocketAddress(ipAddress: "10.0.0.1", port: 1)) == Place(address: [10, 0, 0, 1]))
        let network: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1]
        #expect(try Place(SocketAddress(ipAddress: "2001:db8:0:1::5", port: 1)).prefix == network)
        #expect(try Place(SocketAddress(ipAddress: "::ffff:10.0.0.1", port: 1)) == Place(address: [10, 0, 0, 1]))
        #expect(Place(nil) == .unknown)
        #expect(try Place(SocketAddress(unixDomainSocketPath: "/tmp/a")) == .unknown)
    }

    @Test("The attempt limits are read from their flags, and can be turned off")
    func attempts() throws {
        #expect(try settings().attempts == .standard)
        let some = ["--attempts-per-account", "5,60", "--attempts-per-address", "50,2"]
        let limits = AttemptLimits(accountBurst: 5, accountSeconds: 60, placeBurst: 50, placeSeconds: 2)
        #expect(try settings(some).attempts == limits)
        #expect(try settings([], ["SSO_ATTEMPTS_PER_ACCOUNT": "5,60"]).attempts?.accountSeconds == 60)
        #expect(try settings(some + ["--attempt-limits", "off"]).attempts == nil)
    }

    @Test("A public URL that was worked out is not one that was given")
    func given() throws {
        #expect(try !settings().isPublicURLGiven)
        #expect(try !settings(["--port", "0"]).isPublicURLGiven)
        #expect(try settings(["--public-url", "http://bank.example"]).isPublicURLGiven)
    }
}
