import Foundation
import Hummingbird
import Identity

extension Pages {
    /// The visitor's sessions, with their age and last use.
    func devices(_ devices: [Session], for visitor: PageVisitor, _ context: AppContext) -> Response {
        let now = Int(Date().timeIntervalSince1970)
        let content: Content = [
            "count": visitor.count,
            "devices": devices.map { session -> Content in
                [
                    "id": session.id.rawValue, "age": ago(now - session.createdAt),
                    "lastUse": ago(now - session.lastUsedAt), "isThis": session.id == visitor.session,
                ]
            },
        ]
        return page("devices", for: visitor, context, at: "atDevices", content)
    }

    /// How long ago something was, in words.
    private func ago(_ seconds: Int) -> String {
        let units = [(86_400, "day"), (3600, "hour"), (60, "minute")]
        guard let (length, name) = units.first(where: { seconds >= $0.0 }) else { return "just now" }
        let count = seconds / length
        return "\(count) \(name)\(count == 1 ? "" : "s") ago"
    }
}
