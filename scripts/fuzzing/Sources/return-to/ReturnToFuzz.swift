import Oracle

@testable import Doors

/// Wherever one is sent after signing in, a browser that is told so ends up at one of the two servers. The first byte
/// chooses the pair of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = bytes(start, count)
    guard let choice = input.first else { return 0 }
    let text = String(decoding: input.dropFirst(), as: UTF8.self)
    let isSecure = choice & 1 == 1
    let (own, peer) =
        isSecure
        ? (
            Origin(scheme: "https", host: "bank.example.com", port: 443),
            Origin(scheme: "https", host: "retirement.example.com", port: 443)
        )
        : (Origin(scheme: "http", host: "127.0.0.1", port: 8081), Origin(scheme: "http", host: "127.0.0.1", port: 8082))

    let address = returnAddress(text, among: [own, peer])
    expect(address == "/" || address.utf8.elementsEqual(text.utf8), "it is neither what was asked for nor home")
    expect(address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "it could end a header")
    let target = browserTarget(address, from: own)
    expect(target == own || target == peer, "a browser goes to \(target.map { "\($0)" } ?? "no server")")
    if address.hasPrefix("/") { expect(target == own, "a path that leads away") }
    return 0
}
