/// Adds users. It needs no keys: who registers is not signed in by it.
public struct UserDirectory: Sendable {
    let store: any IdentityStore
    let hasher: PasswordHasher
    private let clock: @Sendable () -> Int

    /// A directory over a store.
    ///
    /// - Parameter clock: gives the time in whole seconds since 1970.
    public init(store: any IdentityStore, hasher: PasswordHasher, clock: @escaping @Sendable () -> Int) {
        self.store = store
        self.hasher = hasher
        self.clock = clock
    }

    /// Adds a user.
    ///
    /// - Parameter email: where mails to them go; nil for none.
    /// - Throws: ``IdentityError/invalidUsername``, ``IdentityError/invalidPassword``,
    ///   ``IdentityError/invalidEmail``, ``IdentityError/usernameTaken``, ``IdentityError/busy(retryAfter:)`` or ``IdentityError/store(_:)``.
    @discardableResult
    public func register(
        username: String, password: String, email: String? = nil
    ) async throws(IdentityError) -> User {
        let name = try UserName(username)
        let password = try Password(new: password, for: name)
        let address: EmailAddress?
        if let email { address = try EmailAddress(email) } else { address = nil }
        let hash = try await hasher.hash(password)
        let user = User(id: UserID(rawValue: randomID()), name: name, count: 0, createdAt: clock(), email: address)
        let isAdded: Bool
        do { isAdded = try await store.addUser(user, password: hash) } catch { throw .store(error) }
        guard isAdded else { throw .usernameTaken }
        return user
    }
}
