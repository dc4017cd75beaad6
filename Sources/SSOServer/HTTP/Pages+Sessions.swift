/// What the pages say in other words where a server keeps sessions: their own words are about tokens.
extension Pages {
    /// Nil with tokens.
    static func words(_ auth: Settings.Auth, _ server: Server) -> Content? {
        let peer = server.peer.title
        switch auth {
        case .tokens: return nil
        case .sessions(.local):
            return [
                "footer":
                    "This server remembers in its own memory who is signed in: signed in here, you are a stranger at "
                    + "the \(peer).",
                "signOut":
                    "You will be signed out here, on this device. Of sign-ins at the \(peer) this server knows nothing.",
                "signIn": "This server keeps sessions of its own: a sign-in here is none at the \(peer).",
                "devices":
                    "Each sign-in at this server is a session in its memory. End one, and its very next request is "
                    + "refused. Your sessions at the \(peer) are not in the list: this server does not know them.",
                "everywhere":
                    "Signing out everywhere ends all your sessions at this server. Those at the \(peer) go on, as it "
                    + "does not hear of it: sign out there as well.",
                "password":
                    "All your other sessions at this server end, this one stays. Those at the \(peer) go on, as it does "
                    + "not hear of it: sign out there as well.",
                "done": "Your password is changed, and all your other sessions at this server are over.",
                "reset":
                    "It ends no session: servers that have one of yours in memory do not hear of it. Sign out there as "
                    + "well.",
                "resetDone":
                    "Sessions that servers have in memory go on, as they do not hear of it: sign out there as well.",
            ]
        case .sessions(.shared):
            return [
                "footer":
                    "Signed in here, you are signed in at the \(peer) too: both ask one database, on each request.",
                "signOut": "You will be signed out here and at the \(peer), on this device.",
                "signIn": "One sign-in for the \(server.title) and the \(peer), as both ask one database.",
                "devices":
                    "Each sign-in is a session in the database. End one, and its very next request is refused by both "
                    + "servers, as each request asks the database.",
                "everywhere":
                    "Signing out everywhere adds one to your count, and every older session is over at both servers.",
                "password": "Your count grows by one: all your other devices are signed out, this one stays.",
                "done": "Your password is changed, and all other devices are signed out.",
                "reset": "It signs out all your devices.",
                "resetDone": "All your devices are signed out.",
            ]
        }
    }
}
