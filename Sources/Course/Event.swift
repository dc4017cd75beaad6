public import Curl

/// Something that happens in a story, as it is told to whoever listens.
public enum Event: Sendable {
    /// A sentence: what somebody does next, and why.
    case said(String)
    /// Somebody asked a server, and it answered.
    case answered(Encounter)
    /// Somebody asked a server, and there was no answer.
    case unanswered(visitor: String, server: String, request: String, reason: String)
    /// An operator's command, and what it printed.
    case ran(command: String, output: String)
    /// Something that had to be so.
    case expected(Expectation)
    /// Bytes or texts to look at, line by line.
    case listed(title: String, lines: [String])
    /// Figures that were measured.
    case tabulated(Table)
    /// The story could not go on. This counts as an expectation that did not hold.
    case brokeOff(String)
}

/// Who asked which server for what, and the answer.
public struct Encounter: Sendable {
    /// Who asked.
    public let visitor: String
    /// The server, such as `bank`.
    public let server: String
    /// What was asked and answered.
    public let exchange: Exchange
}

/// Something that had to be so.
public struct Expectation: Sendable {
    /// What it is, as part of a sentence.
    public let sentence: String
    /// Whether it was so.
    public let holds: Bool
    /// What was really seen, for the reader to whom it was not so.
    public let seen: String

    /// An expectation.
    public init(sentence: String, holds: Bool, seen: String) {
        self.sentence = sentence
        self.holds = holds
        self.seen = seen
    }
}

/// Figures in rows and columns.
public struct Table: Sendable {
    /// What the figures are.
    public let title: String
    /// The columns' heads; the first is that of the rows' names.
    public let columns: [String]
    /// The rows, each as long as ``columns``.
    public let rows: [[String]]

    /// A table.
    public init(_ title: String, columns: [String], rows: [[String]]) {
        self.title = title
        self.columns = columns
        self.rows = rows
    }
}
