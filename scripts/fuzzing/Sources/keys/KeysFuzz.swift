import Oracle

@testable import Tokens

/// A key file that is taken has keys of full length under names of their own, shows no secret when it is described, and
/// is the same when it is written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = bytes(start, count)
    let ring: KeyRing
    do throws(KeyRingError) {
        ring = try KeyRing(jwkSet: text)
    } catch {
        // One line, whatever stood in the file.
        expect(!error.description.isEmpty, "an error without a cause")
        return 0
    }
    expect(!ring.keys.isEmpty, "a ring without a key")
    expect(Set(ring.keys.map { Array($0.id.utf8) }).count == ring.keys.count, "two keys of one name")
    for key in ring.keys {
        expect(key.secret.count >= 32, "a secret of \(key.secret.count) bytes")
        expect((1...64).contains(key.id.utf8.count), "a name of \(key.id.utf8.count) bytes")
        expect(key.id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a name that nobody can print")
        expect("\(key)" == "key \(key.id)", "a description with more than the name")
        expect(ring.key(id: key.id)?.secret == key.secret, "another key of this name")
    }
    let again = try? KeyRing(jwkSet: ring.jwkSet)
    expect(again?.keys.map(\.id) == ring.keys.map(\.id), "other names when written again")
    expect(again?.keys.map(\.secret) == ring.keys.map(\.secret), "other secrets when written again")
    return 0
}
