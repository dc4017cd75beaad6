/// What a page is about, in the page's own words: who is signed in, else its heading; nil if it says neither.
func pageSentence(_ html: String) -> String? {
    let lines = html.split(whereSeparator: \.isNewline)
    let line = lines.first { $0.contains("Signed in as") } ?? lines.first { $0.contains("<h1") }
    return line.map(withoutTags)
}

private func withoutTags(_ html: Substring) -> String {
    var text = ""
    var isTag = false
    for character in html {
        if character == "<" {
            isTag = true
        } else if character == ">" {
            isTag = false
        } else if !isTag {
            text.append(character)
        }
    }
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}
