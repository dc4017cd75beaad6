import Curl
import Harness
import Lessons

/// The page of one lesson: the idea, the diagram, the steps with what was asked and answered, why, and what to try.
struct LessonPage {
    let chapter: Site.Chapter
    let before: Lesson?
    let after: Lesson?

    var html: HTML {
        let text = chapter.lesson.text
        return page(
            title: "\(chapter.lesson.number). \(text.title)",
            body: """
                <nav aria-label="Lessons">\(link(before, "← ", "")) <a href="index.html">All lessons</a> \(link(after, "", " →"))</nav>
                <main>
                <h1><span class="number">\(chapter.lesson.number)</span> \(text.title)</h1>
                <p class="idea">\(text.idea)</p>
                <h2>What happened</h2>
                <p class="verdict">\(verdict(chapter.outcome))</p>
                <figure class="diagram" tabindex="0" role="group" aria-label="Sequence diagram">
                \(SequenceDiagram(chapter.events, title: text.title).svg)
                <figcaption>Each number is a step below. Of the statements, auth counts those that ran to find out who was \
                asking.</figcaption>
                </figure>
                <ol class="steps">
                \(steps)
                </ol>
                <h2>Why</h2>
                \(text.explanation.map { paragraph -> HTML in "<p>\(paragraph)</p>" })
                <h2>Try next</h2>
                <ul>
                \(text.next.map(suggestion))
                </ul>
                </main>
                """)
    }

    private func link(_ lesson: Lesson?, _ opening: String, _ ending: String) -> HTML {
        guard let lesson else { return "" }
        return "<a href=\"\(lesson.rawValue).html\">\(opening)\(lesson.text.title)\(ending)</a>"
    }

    private func suggestion(_ suggestion: Suggestion) -> HTML {
        let command: HTML = suggestion.command.map { "<pre><code>\($0)</code></pre>" } ?? ""
        return "<li>\(suggestion.sentence)\(command)</li>"
    }

    /// One item for each sentence, with all that happened until the next one.
    private var steps: [HTML] {
        var steps: [HTML] = []
        var sentence: String?
        var content: [HTML] = []
        func close() {
            guard sentence != nil || !content.isEmpty else { return }
            steps.append("<li><p class=\"said\">\(sentence ?? "")</p>\n\(content)</li>")
            content = []
        }
        for event in chapter.events {
            if case .said(let next) = event {
                close()
                sentence = next
            } else {
                content.append(html(of: event))
            }
        }
        close()
        return steps
    }

    private func html(of event: Event) -> HTML {
        switch event {
        case .said(let sentence): "<p>\(sentence)</p>"
        case .answered(let encounter): self.exchange(encounter)
        case .unanswered(let visitor, let server, let request, let reason):
            "<p class=\"exchange\"><b>\(visitor)</b> → \(server): <code>\(request)</code> <span class=\"bad\">no answer</span>: \(reason)</p>"
        case .ran(let command, let output):
            "<pre class=\"terminal\"><b>$ \(command)</b>\n\(output)</pre>"
        case .expected(let expectation) where expectation.holds:
            "<p class=\"held\"><span class=\"good\">✓</span> \(expectation.sentence)</p>"
        case .expected(let expectation):
            "<p class=\"held\"><span class=\"bad\">✗ Not so:</span> \(expectation.sentence). Seen: \(expectation.seen)</p>"
        case .listed(let title, let lines):
            "<figure><figcaption>\(title)</figcaption><pre>\(lines.joined(separator: "\n"))</pre></figure>"
        case .tabulated(let table): self.table(table)
        case .brokeOff(let reason): "<p><span class=\"bad\">✗ Broke off:</span> \(reason)</p>"
        }
    }

    private func exchange(_ encounter: Encounter) -> HTML {
        let exchange = encounter.exchange
        let text = ExchangePrinter(color: false).text(of: exchange, by: encounter.visitor)
        let mood: HTML = exchange.status < 400 ? "good" : "bad"
        return """
            <details class="exchange"><summary><b>\(encounter.visitor)</b> → \(encounter.server): \
            <code>\(encounter.request)</code> <span class="\(mood)">\(exchange.status)</span></summary>
            <pre>\(text)</pre></details>
            """
    }

    private func table(_ table: Table) -> HTML {
        let heads = table.columns.map { column -> HTML in "<th scope=\"col\">\(column)</th>" }
        let rows = table.rows.map { row -> HTML in "<tr>\(row.map { cell -> HTML in "<td>\(cell)</td>" })</tr>" }
        return """
            <div class="table" tabindex="0" role="group" aria-label="\(table.title)"><table>
            <caption>\(table.title)</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>\(rows)</tbody>
            </table></div>
            """
    }
}

extension Encounter {
    /// The method and the path, without a query: that may hold anything.
    var request: String {
        let path =
            exchange.request.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            .dropFirst(3).first.map { $0.prefix { $0 != "?" } } ?? ""
        return "\(exchange.request.method) /\(path)"
    }
}
