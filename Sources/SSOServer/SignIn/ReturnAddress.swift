/// Where to go after signing in: `text` if it is a path of this server or an address of one of `origins`, else `/`.
///
/// Browsers read a backslash as a slash and drop tabs and line ends, so a text with any of them is none.
func returnAddress(_ text: String?, among origins: [Origin]) -> String {
    guard let text, text.utf8.count <= 2048,
        text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
    else { return "/" }
    if text.hasPrefix("/"), !text.hasPrefix("//") { return text }
    return origins.contains { text == $0.description || text.hasPrefix("\($0)/") } ? text : "/"
}
