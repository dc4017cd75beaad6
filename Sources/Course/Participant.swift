public import Curl
public import Harness

/// A visitor whose exchanges are part of a story: each is told as soon as it is answered.
///
/// What shall not be told goes through ``visitor``.
public struct Participant: Sendable {
    /// Who sends.
    public let visitor: Visitor
    let story: Story

    /// Gets a page or a resource.
    @discardableResult
    public func get(_ server: ServerProcess, _ path: String, headers: [Header] = []) async throws -> Exchange {
        try await told(server) { try await $0.get(server, path, headers: headers) }
    }

    /// Gets what is at an address, under which the server can be reached too.
    @discardableResult
    public func get(_ server: ServerProcess, address: String) async throws -> Exchange {
        try await told(server) { try await $0.get(address) }
    }

    /// Posts a form.
    @discardableResult
    public func post(
        _ server: ServerProcess, _ path: String, form: [(String, String)] = [], headers: [Header] = []
    ) async throws -> Exchange {
        try await told(server) { try await $0.post(server, path, form: form, headers: headers) }
    }

    /// Posts JSON text.
    @discardableResult
    public func post(_ server: ServerProcess, _ path: String, json: String) async throws -> Exchange {
        try await told(server) { try await $0.post(server, path, json: json) }
    }

    /// Signs in, with the form or as a program.
    @discardableResult
    public func signIn(
        at server: ServerProcess, as user: String, password: String = Story.password
    ) async throws -> Exchange {
        try await told(server) { try await $0.signIn(at: server, username: user, password: password) }
    }

    /// Renews a program's tokens.
    @discardableResult
    public func refresh(at server: ServerProcess) async throws -> Exchange {
        try await told(server) { try await $0.refresh(at: server) }
    }

    /// Asks a server that should not answer.
    ///
    /// - Returns: whether there was no answer.
    func getNothing(from server: ServerProcess, _ path: String) async throws -> Bool {
        do {
            try await get(server, path)
            return false
        } catch let error as CurlError {
            story.showSilence("GET \(path)", by: visitor, at: server, error)
            return true
        }
    }

    private func told(_ server: ServerProcess, _ send: (Visitor) async throws -> Exchange) async throws -> Exchange {
        let exchange = try await send(visitor)
        story.show(exchange, by: visitor, at: server)
        return exchange
    }
}
