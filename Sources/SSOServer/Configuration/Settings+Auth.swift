extension Settings {
    /// How servers know who asks.
    enum Auth: Sendable, Equatable {
        /// By tokens that each server checks by itself.
        case tokens
        /// By sessions that are remembered.
        case sessions(SessionPlace)

        /// What the two settings say.
        init(_ way: Setting, _ store: Setting) throws(StartupError) {
            let way = try way.choice(of: ["tokens", "sessions"], default: "tokens")
            let place = try store.choice(
                of: SessionPlace.allCases.map(\.rawValue), default: SessionPlace.local.rawValue)
            self = way == "tokens" ? .tokens : .sessions(SessionPlace(rawValue: place) ?? .local)
        }
    }

    /// Where sessions are remembered.
    enum SessionPlace: String, CaseIterable, Sendable {
        /// In the memory of the server that made them.
        case local
        /// In the database.
        case shared
    }
}
