import Foundation
import Logging
import Testing

@testable import SSOServer

@Suite("Log lines")
struct LogLinesTests {
    @Test(
        "What could end the line or move the cursor is escaped",
        arguments: [
            ("a\nb", #"a\nb"#), ("a\r\nb", #"a\r\nb"#), ("a\rb", #"a\rb"#), ("\t", #"\t"#), ("\u{0}", #"\0"#),
            ("\u{1B}[31mred", #"\u{1B}[31mred"#), ("\u{7F}", #"\u{7F}"#), ("\u{85}", #"\u{0085}"#),
            ("\u{9B}2J", #"\u{009B}2J"#), ("a\u{2028}b\u{2029}", #"a\u{2028}b\u{2029}"#),
            ("\u{202E}abc", #"\u{202E}abc"#),
            ("\u{200B}\u{FEFF}", #"\u{200B}\u{FEFF}"#), ("\n\u{301}", "\\n\u{301}"),
            ("\u{8}\u{8}", #"\u{08}\u{08}"#),
        ])
    func escaped(text: String, printed: String) {
        #expect(LogLines.printable(text).lowercased() == printed.lowercased())
    }

    @Test(
        "What people write stays as it is",
        arguments: ["", "anna signed in", "é e\u{301} 😀 日本語", "a=\"b\" c\\d", "~!@#$%^&*()"])
    func unchanged(text: String) {
        #expect(Array(LogLines.printable(text).utf8) == Array(text.utf8))
    }

    @Test("No scalar at all begins a new line or a control sequence")
    func everyScalar() {
        for code in UInt32(0)...0x3100 {
            guard let scalar = Unicode.Scalar(code) else { continue }
            let printed = LogLines.printable("a\(scalar)b").unicodeScalars
            let isHarmful = printed.contains {
                $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029
            }
            #expect(!isHarmful, "U+\(String(code, radix: 16))")
        }
    }
}

@Suite("Log lines that are too long")
struct LongLogLineTests {
    private static let long = [
        String(repeating: "a", count: 100_000), String(repeating: "é", count: 9_000),
        String(repeating: "\n", count: 20_000), String(repeating: "\u{1B}\"\\", count: 20_000),
    ]

    @Test("They are cut to 8 KiB and say so, as text and as JSON", arguments: Settings.LogFormat.allCases, long)
    func cut(format: Settings.LogFormat, text: String) throws {
        for (message, fields) in [
            (text, [:]), ("refused", ["path": text]), (text, ["a": text, "b": text, "c": "short"]),
            ("many", Dictionary(uniqueKeysWithValues: (0..<1000).map { ("field\($0)", String(text.prefix(100))) })),
        ] {
            let line = LogLines.line(format, .info, "bank", message, fields)
            #expect(line.utf8.count <= LogLines.maximumLength)
            // Fields go only where there are too many of them. Else each is cut, to at least a quarter of the room in all,
            // and what was short is whole.
            let isTooMany = message == "many"
            #expect(line.contains("all fields") == isTooMany)
            #expect(line.contains("…(cut)") != isTooMany)
            #expect(isTooMany || line.utf8.count >= LogLines.maximumLength / 4)
            #expect(fields["c"] == nil || line.contains("short"))
            #expect(!line.utf8.contains(UInt8(ascii: "\n")))
            if format == .json {
                let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
                #expect(object["level"] == "info")
            }
        }
    }

    @Test("What fits is not cut", arguments: Settings.LogFormat.allCases)
    func whole(format: Settings.LogFormat) {
        let text = String(repeating: "a", count: 8_000)
        #expect(LogLines.line(format, .info, "bank", text, [:]).contains(text))
    }
}
