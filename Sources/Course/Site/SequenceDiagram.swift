import Curl
import Harness

/// Who asked whom, from top to bottom, drawn from the exchanges that really happened: the visitors' lanes, the servers',
/// and the database's, where Server-Timing says that statements ran.
struct SequenceDiagram {
    private let title: String
    private let lanes: [String]
    private var pieces: [HTML] = []
    private var y = Self.top
    /// The step in which the next arrow lies, if it is the first one there: steps without an arrow are left out.
    private var newStep: Int?

    private static let laneWidth = 150
    private static let margin = 100
    private static let top = 64
    private static let database = "database"

    init(_ events: [Event], title: String) {
        self.title = title
        lanes = Self.lanes(of: events)
        var step = 0
        for event in events {
            switch event {
            case .said:
                step += 1
                newStep = step
            case .answered(let encounter): draw(encounter)
            case .unanswered(let visitor, let server, let request, _):
                arrow(from: visitor, to: server, request)
                arrow(from: server, to: visitor, "no answer", style: "bad")
            default: break
            }
        }
    }

    /// The picture. Its colours are the stylesheet's.
    var svg: HTML {
        let width = Self.margin * 2 + Self.laneWidth * (lanes.count - 1)
        let height = y + 24
        let heads = lanes.map { lane -> HTML in
            let x = self.x(lane)
            let isVisitor = !["bank", "retirement", Self.database].contains(lane)
            let kind: HTML = isVisitor ? "visitor" : lane == Self.database ? "database" : "server"
            return """
                <line class="lane" x1="\(x)" y1="44" x2="\(x)" y2="\(height)"/>
                <rect class="head \(kind)" x="\(x - 66)" y="12" width="132" height="32" rx="8"/>
                <text class="name" x="\(x)" y="33">\(lane)</text>
                """
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" role="img" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" aria-label="\(title): who asked whom, in order">
            \(heads)
            \(pieces)
            </svg>
            """
    }

    /// Visitors in the order in which they come, then the servers, then the database, if anybody asked it.
    private static func lanes(of events: [Event]) -> [String] {
        var visitors: [String] = []
        var asksDatabase = false
        for event in events {
            switch event {
            case .answered(let encounter):
                if !visitors.contains(encounter.visitor) { visitors.append(encounter.visitor) }
                if encounter.exchange.serverTiming?.db ?? 0 > 0 { asksDatabase = true }
            case .unanswered(let visitor, _, _, _):
                if !visitors.contains(visitor) { visitors.append(visitor) }
            default: break
            }
        }
        return visitors + ["bank", "retirement"] + (asksDatabase ? [database] : [])
    }

    private mutating func beginStep() {
        guard let number = newStep else { return }
        newStep = nil
        pieces.append(
            """
            <line class="step" x1="36" y1="\(y)" x2="\(x(lanes.last ?? "") + 76)" y2="\(y)"/>
            <circle class="step" cx="22" cy="\(y)" r="13"/>
            <text class="step" x="22" y="\(y + 4)">\(number)</text>
            """)
        y += 30
    }

    private mutating func draw(_ encounter: Encounter) {
        let answer = encounter.exchange
        arrow(from: encounter.visitor, to: encounter.server, encounter.request)
        if let timing = answer.serverTiming, timing.db > 0 {
            let statements = timing.db == 1 ? "1 statement" : "\(timing.db) statements"
            arrow(from: encounter.server, to: Self.database, "\(statements), auth \(timing.auth)", style: "database")
        }
        let cookies = answer.setCookies.map { $0.value.isEmpty ? "−\($0.name)" : "+\($0.name)" }
        let code = answer.json("code").map { " \($0)" } ?? ""
        arrow(
            from: encounter.server, to: encounter.visitor, "\(answer.status)\(code)",
            style: answer.status < 400 ? "good" : "bad", below: cookies.joined(separator: " "))
    }

    private mutating func arrow(
        from start: String, to end: String, _ label: String, style: HTML = "ask", below: String = ""
    ) {
        beginStep()
        let (from, to) = (x(start), x(end))
        let direction = to > from ? 1 : -1
        let middle = (from + to) / 2
        pieces.append(
            """
            <text class="label" x="\(middle)" y="\(y - 5)">\(label)</text>
            <path class="arrow \(style)" d="M\(from) \(y)H\(to - 8 * direction)"/>
            <path class="point \(style)" d="M\(to) \(y)l\(-9 * direction) -5v10z"/>
            """)
        if !below.isEmpty {
            y += 15
            pieces.append("<text class=\"label cookie\" x=\"\(middle)\" y=\"\(y - 2)\">\(below)</text>")
        }
        y += 27
    }

    private func x(_ lane: String) -> Int {
        Self.margin + Self.laneWidth * (lanes.firstIndex(of: lane) ?? 0)
    }
}
