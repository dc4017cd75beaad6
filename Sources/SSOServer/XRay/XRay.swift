/// What happened to a request on the way to its page: how the server found out who asks, or why it could not.
struct XRay: Sendable {
    enum Verdict: String, Sendable {
        /// What came was good as it was.
        case letIn = "let in"
        /// What came was not good any more, but there was something to renew it with.
        case renewed
        /// Nothing that came was good.
        case refused

        /// Its class in the stylesheet.
        var cssClass: String { rawValue.replacing(" ", with: "-") }
    }

    /// A line of the panel.
    struct Fact: Sendable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    let verdict: Verdict
    /// Why, in a sentence or two.
    let reason: String
    /// Which cookie came, who issued it, which rule let it in, and the like, in their order.
    let facts: [Fact]
    /// The token that decided, if there was one.
    let token: TokenAnatomy?
    /// Until when this holds, in whole seconds since 1970; nil if that is not said.
    let expiresAt: Int?
}
