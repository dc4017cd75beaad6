/// What there is to read of a lesson.
public struct LessonText: Sendable {
    /// What it is called.
    public let title: String
    /// What it is about, in two sentences.
    public let idea: String
    /// Why things are as they were seen, in paragraphs.
    public let explanation: [String]
    /// How the reader can go on.
    public let next: [Suggestion]
}

/// Something for the reader to try.
public struct Suggestion: Sendable {
    /// What to do, and what to look for.
    public let sentence: String
    /// What to type, if it is a command. It is meant for a shell in the repository, with the build's folder in `PATH`.
    public let command: String?

    init(_ sentence: String, command: String? = nil) {
        self.sentence = sentence
        self.command = command
    }
}
