extension PostgreSQL {
    /// For ``start(_:)``: it waits for the disk before it acknowledges anything, as it does unless told otherwise.
    public static let durable = ["-c", "fsync=on", "-c", "full_page_writes=on"]

    /// Kills it with `kill -9`, starts it again on the same port, and waits until it takes connections.
    ///
    /// - Throws: ``HarnessError`` if it has not started within a minute.
    public func crash() async throws {
        await stop(.killed)
        var last: (any Error)?
        do {
            try await waitUntil("PostgreSQL has started again after it was killed", timeout: .seconds(60)) {
                do {
                    try await start()
                    return true
                } catch HarnessError.misuse(let reason) {
                    // Those who answered its clients see that it is gone, and end; as long as one is there, no other starts.
                    last = HarnessError.misuse(reason)
                    return false
                }
            }
        } catch HarnessError.timedOut {
            throw last ?? HarnessError.misuse("PostgreSQL does not start again")
        }
    }
}
