public import Holdings
public import Identity

/// What makes a server of the cluster this one: its name, its place and what it shows. All else is shared.
public struct Server: Sendable {
    /// Its name: `iss` in the tokens it issues, and the name of its executable.
    public var name: String
    /// What people call it.
    public var title: String
    /// The port it listens on where none is given.
    public var port: Int
    /// The other server.
    public var peer: Peer
    /// Its sign in the corner of every page: what stands in an SVG of 32 by 32, as HTML.
    public var emblem: String
    /// What its own data is called: the path below `/api/`, and the member in the answer.
    public var dataName: StaticString
    /// The customer's own data as JSON.
    public var data: @Sendable (UserID, any HoldingsStore) async throws(StoreError) -> [UInt8]
    /// What the customer's own data looks like, as a JSON Schema in the document that `/openapi.json` answers.
    public var dataSchema: [UInt8]
    /// The Mustache template of its home page; it fills in `layout`.
    public var homeTemplate: [UInt8]
    /// What the home page's template shows.
    public var home: @Sendable (UserID, any HoldingsStore) async throws(StoreError) -> [String: any Sendable]

    /// The other server of the cluster, as far as this one needs to know it.
    public struct Peer: Sendable {
        /// Its name: `iss` in tokens that it issued.
        public var name: String
        /// What people call it.
        public var title: String
        /// Its default port.
        public var port: Int

        /// Another server.
        public init(name: String, title: String, port: Int) {
            self.name = name
            self.title = title
            self.port = port
        }
    }

    /// A server with all that is its own.
    public init(
        name: String, title: String, port: Int, peer: Peer, emblem: String = "", dataName: StaticString,
        data: @escaping @Sendable (UserID, any HoldingsStore) async throws(StoreError) -> [UInt8],
        dataSchema: [UInt8], homeTemplate: [UInt8],
        home: @escaping @Sendable (UserID, any HoldingsStore) async throws(StoreError) -> [String: any Sendable]
    ) {
        self.name = name
        self.title = title
        self.port = port
        self.peer = peer
        self.emblem = emblem
        self.dataName = dataName
        self.data = data
        self.dataSchema = dataSchema
        self.homeTemplate = homeTemplate
        self.home = home
    }
}
