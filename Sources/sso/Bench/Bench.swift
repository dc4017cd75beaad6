import Foundation
import Harness
import Tokens

/// What every section of the benchmark is given.
struct Bench {
    /// Fewer and shorter rounds.
    let quick: Bool
    /// The peers that were built.
    let peers: Peers
    let progress: Progress

    /// `full`, or less when it has to be quick.
    func pick<Value>(_ full: Value, quick: Value) -> Value { self.quick ? quick : full }
}

/// What a section found.
struct SectionResult: Encodable {
    let section: String
    var rows: [Row] = []
    var figures: [Figure] = []
    /// Groups of figures that belong into one chart.
    var charts: [Chart] = []
    /// What the reader of the table has to know.
    var notes: [String] = []
    /// Programs that were not there.
    var missing: [String] = []

    init(_ section: BenchSection) {
        self.section = section.rawValue
    }

    private enum CodingKeys: CodingKey { case section, rows, figures, notes, missing }
}

/// The parts of the benchmark.
enum BenchSection: String, CaseIterable {
    case tokens, http, signin, storm, users, small

    func measure(_ bench: Bench) async throws -> SectionResult {
        bench.progress.begin(rawValue)
        switch self {
        case .tokens: return try await measureTokens(bench)
        case .http: return try await measureHTTP(bench)
        case .signin: return try await measureSignIn(bench)
        case .storm: return try await measureStorm(bench)
        case .users: return try await measureUsers(bench)
        case .small: return try await measureSmall(bench)
        }
    }
}

/// A token that a cluster really issued, with what verifies it.
struct SampleToken {
    /// The access token.
    let text: String
    /// The cluster's secret: a new one for every cluster, so it may go anywhere.
    let secret: [UInt8]
    /// The name of the key, `kid` in the token.
    let keyID: String
    /// The key file's text.
    let jwkSet: [UInt8]

    /// What the peers read: the token and the secret in hexadecimal, a line each.
    var peerInput: [UInt8] { input(text) }

    /// The same for a peer that takes no other `typ` than `JWT`: the same claims, signed with that in the header.
    var plainPeerInput: [UInt8] {
        let header = Base64URL.encode(Array(#"{"alg":"HS256","kid":"\#(keyID)","typ":"JWT"}"#.utf8))
        let signingInput = "\(header).\(text.split(separator: ".")[1])"
        var signature = [UInt8](repeating: 0, count: 32)
        BareHMAC(secret: secret).sign(Array(signingInput.utf8), into: &signature)
        return input("\(signingInput).\(Base64URL.encode(signature))")
    }

    private func input(_ token: String) -> [UInt8] {
        let digits = secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return Array("\(token)\n\(digits.joined())\n".utf8)
    }

    /// Registers a user at the bank and signs in.
    init(from cluster: Cluster) async throws {
        let customer = Visitor.program(named: "customer")
        let (name, password) = ("customer", "a good password")
        try await customer.register(at: cluster.bank, username: name, password: password)
        try await customer.signIn(at: cluster.bank, username: name, password: password)
        jwkSet = Array(FileManager.default.contents(atPath: cluster.bankKeys) ?? Data())
        let key = JSONValue(jwkSet)?["keys"]?[0]
        guard let text = customer.accessToken, let keyID = key?["kid"]?.string,
            let secret = key?["k"]?.string.flatMap({ Base64URL.decode($0.utf8) })
        else {
            throw Failure("the bank issued no token", hint: "see whether 'scripts/demo --once' works")
        }
        self.text = text
        self.keyID = keyID
        self.secret = secret
    }
}
