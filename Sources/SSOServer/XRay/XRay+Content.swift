import Foundation

extension XRay {
    /// What the panel's template shows.
    ///
    /// - Parameter statements: how many statements finding out who asks has run.
    func content(statements: Int) -> Pages.Content {
        let now = Int(Date().timeIntervalSince1970)
        var content: Pages.Content = [
            "verdict": verdict.rawValue, "verdictClass": verdict.cssClass,
            "question": verdict == .refused ? "why this server does not know you" : "how this server knows you",
            "reason": reason, "facts": facts.map { ["name": $0.name, "value": $0.value] },
            "statements": statements,
        ]
        if let expiresAt {
            content["expires"] = ["at": expiresAt, "now": now, "left": max(0, expiresAt - now)]
        }
        content["token"] = token?.content
        return content
    }
}

extension TokenAnatomy {
    /// What a template shows.
    var content: Pages.Content {
        [
            "rawHeader": parts.header, "rawPayload": parts.payload, "rawSignature": parts.signature,
            "header": header ?? "(no JSON object)", "payload": payload ?? "(no JSON object)",
        ]
    }
}
