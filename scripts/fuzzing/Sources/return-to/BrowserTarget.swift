@testable import Doors

/// The origin to which a browser goes from a page of `base` when it is told `text`, by the rules of the WHATWG URL
/// Standard (section 4.4, the basic URL parser); nil if it goes to none, or to one that is no http or https.
///
/// It knows nothing of how the servers decide. Hosts are compared as they are written, so another spelling of the same
/// host counts as another: the servers send nobody there.
func browserTarget(_ text: String, from base: Origin) -> Origin? {
    var rest = Array(text.utf8)[...]
    // Control characters and spaces at both ends go, and tabs and line ends everywhere.
    while let first = rest.first, first <= 0x20 { rest.removeFirst() }
    while let last = rest.last, last <= 0x20 { rest.removeLast() }
    rest = rest.filter { $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }[...]

    let (scheme, afterScheme) = scheme(rest) ?? (base.scheme, rest)
    guard scheme == "http" || scheme == "https" else { return nil }
    // Two slashes of either kind begin an authority. With fewer it is a path of this server, also behind its own scheme:
    // "http:a" and "http:/a" are, as odd as it looks.
    let beginsAuthority = afterScheme.prefix(2).count == 2 && afterScheme.prefix(2).allSatisfy(isSlash)
    if scheme == base.scheme, !beginsAuthority { return base }
    // More slashes are skipped, and before another scheme's authority there may be none at all.
    return authority(afterScheme.drop(while: isSlash), scheme)
}

private func isSlash(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }

private func scheme(_ text: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let name = String(decoding: text[..<colon], as: UTF8.self)
    guard let first = name.first, first.isASCII, first.isLetter,
        name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    else { return nil }
    return (name.lowercased(), text[(colon + 1)...])
}

/// What stands before the path: `user:password@host:port`, of which only host and port say where it goes.
private func authority(_ text: ArraySlice<UInt8>, _ scheme: String) -> Origin? {
    let whole = text.prefix { !isSlash($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    let host = whole.lastIndex(of: UInt8(ascii: "@")).map { whole[($0 + 1)...] } ?? whole
    let afterAddress = host.lastIndex(of: UInt8(ascii: "]")) ?? host.startIndex
    let colon = host[afterAddress...].firstIndex(of: UInt8(ascii: ":"))
    let name = String(decoding: host[..<(colon ?? host.endIndex)], as: UTF8.self).lowercased()
    var port = scheme == "https" ? 443 : 80
    if let colon, colon + 1 < host.endIndex {
        let digits = host[(colon + 1)...]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self)), number <= 65_535
        else { return nil }
        port = number
    }
    return name.isEmpty ? nil : Origin(scheme: scheme, host: name, port: port)
}
