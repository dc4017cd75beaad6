extension Checker {
    /// Counts only grow, by one, and only because somebody asked.
    func counts(_ past: UserHistory) -> [Violation] {
        var violations: [Violation] = []
        var winners: [Int: Int] = [:]
        for event in past.events where event.succeeded {
            let known = past.count(before: event.begin)
            // Where tokens were handed out, that is the rule on issuing.
            if event.answer == .done, let count = event.countWhenDone, count < known {
                violations.append(Violation("count fell", event, "the count was \(known) before"))
            }
            for count in event.shownCounts where count > 0 && !past.mayBeRaised(from: count - 1, before: event.end) {
                violations.append(Violation("count grew by itself", event, "nobody had raised it from \(count - 1)"))
            }
            guard let count = event.countThatItRaises else { continue }
            winners[count, default: 0] += 1
            if winners[count] == 2 {
                violations.append(Violation("two raised one count", event, "another had raised the count \(count)"))
            }
        }
        return violations
    }
}
