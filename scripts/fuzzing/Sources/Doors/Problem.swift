/// In the place of the servers' answers, which need a server. Here it matters only whether there is one.
enum Problem: Error {
    case ambiguousCredentials
}
