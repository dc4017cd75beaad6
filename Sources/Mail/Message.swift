public import Identity

/// One mail as plain text.
///
/// Nothing that is put into it can end a line and begin another header: addresses are checked by their type, a subject
/// is one line whatever is in it, and the body stands behind the empty line that ends the headers.
public struct Message: Sendable {
    /// An id that no other mail has, of letters, digits, `-` and `_`. It is the same whenever this mail is sent again,
    /// so that a receiver can tell.
    public let id: String
    /// Who sends it.
    public let sender: EmailAddress
    /// Who gets it.
    public let recipient: EmailAddress
    /// What it is about, in one line.
    public let subject: String
    /// The text.
    public let body: String
    /// When it was written, in whole seconds since 1970.
    public let time: Int

    /// A mail.
    public init(
        id: String, from sender: EmailAddress, to recipient: EmailAddress, subject: String, body: String, time: Int
    ) {
        self.id = id
        self.sender = sender
        self.recipient = recipient
        self.subject = subject
        self.body = body
        self.time = time
    }

    /// The mail as it goes over the wire (RFC 5322): lines end with CRLF and hold at most 998 bytes.
    public var bytes: [UInt8] {
        let safeID = id.utf8.filter(Self.isPlain).map { Character(Unicode.Scalar($0)) }
        let lines = [
            "Date: \(MailDate.text(time))",
            "From: <\(sender.text)>",
            "To: <\(recipient.text)>",
            "Message-ID: <\(String(safeID))@\(sender.host)>",
            "Subject: \(HeaderText.encoded(subject))",
            // No out-of-office answer to this one (RFC 3834 section 5).
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: \(body.utf8.allSatisfy { $0 < 0x80 } ? "7bit" : "8bit")",
            "",
        ]
        return lines.flatMap { Array($0.utf8) + Self.lineEnd } + Self.wire(body)
    }

    private static let lineEnd: [UInt8] = [13, 10]
    /// The longest line without its end (RFC 5322 section 2.1.1).
    private static let longestLine = 998

    /// A text with every kind of line end as CRLF, and one at its end. NUL, which no mail may hold, becomes a space. A line
    /// that is too long is cut between two characters.
    private static func wire(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var length = 0
        var last: Unicode.Scalar?
        func endLine() {
            bytes += lineEnd
            length = 0
        }
        for scalar in text.unicodeScalars {
            defer { last = scalar }
            switch scalar {
            case "\n" where last == "\r": continue
            case "\r", "\n": endLine()
            default:
                let encoded = Array(String(scalar == "\0" ? " " : scalar).utf8)
                if length + encoded.count > longestLine { endLine() }
                bytes += encoded
                length += encoded.count
            }
        }
        if length > 0 { endLine() }
        return bytes
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }
}
