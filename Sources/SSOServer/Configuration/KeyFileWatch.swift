import Identity
import Logging
import ServiceLifecycle
import Synchronization
import Tokens
import UnixSignals

/// Reads the key file again on SIGHUP and when it changes. A file that cannot be used is logged and makes the server not
/// ready, and the keys that are in use stay. It is read again and again then: what was wrong may be mended without a
/// change of the file, such as too few file descriptors.
struct KeyFileWatch: Service {
    let file: KeyFile
    let firstVersion: KeyFile.Version
    let authority: TokenAuthority
    let health: KeyFileHealth
    let record: any AuditRecord
    let server: String
    let logger: Logger

    /// How often the file is looked at.
    private static let interval = Duration.milliseconds(250)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let hangUps = await UnixSignalsSequence(trapping: .sighup)
            let hangUp = HangUp()
            // No more can be news within the time that the database may take for one.
            let (notes, entrance) = AsyncStream<Note>.makeStream(bufferingPolicy: .bufferingNewest(64))
            await withDiscardingTaskGroup { group in
                // A signal is not waited for beside the clock in one task.
                group.addTask {
                    for await _ in hangUps { hangUp.came() }
                }
                // The record may wait for the database, and the next keys must not wait for that.
                group.addTask {
                    for await note in notes { await record(note) }
                }
                // One task reads the file, whatever for: of two at once, the one that read older keys might put them in
                // force last.
                group.addTask {
                    func reload(reason: Logger.MetadataValue) {
                        if let note = load(reason: reason) { entrance.yield(note) }
                    }
                    var last = Optional(firstVersion)
                    while (try? await Task.sleep(for: Self.interval)) != nil {
                        let version = file.version
                        if hangUp.take() {
                            reload(reason: "SIGHUP")
                        } else if version != last {
                            reload(reason: "changed")
                        } else if health.problem != nil {
                            reload(reason: "tried again")
                        }
                        last = version
                    }
                }
            }
        }
    }

    /// What stands in the audit record of a reload.
    private struct Note: Sendable {
        let kind: AuditEvent.Kind
        let detail: String
    }

    /// Reads the file and puts its keys in force.
    ///
    /// - Returns: what is to be recorded of it; nil if it is no news.
    private func load(reason: Logger.MetadataValue) -> Note? {
        do {
            let keys = try file.read().keys
            authority.replaceKeys(keys)
            health.isGood()
            let ids = keys.keys.map { Logger.MetadataValue.string($0.id) }
            logger.notice("keys loaded", metadata: ["reason": reason, "kids": .array(ids)])
            return Note(kind: .keysReplaced, detail: keys.keys.map(\.id).joined(separator: " "))
        } catch {
            // Four times a second, the same words would only fill the log.
            guard health.isBad(error.cause) || reason != "tried again" else { return nil }
            logger.error(
                "keys not loaded: the ones in use stay", metadata: ["reason": reason, "cause": "\(error.cause)"])
            return Note(kind: .keysRefused, detail: error.cause)
        }
    }

    /// The keys are what they are, whether or not that can be recorded just now.
    private func record(_ note: Note) async {
        do {
            try await AuditOrigin.$current.withValue(AuditOrigin(server: server)) {
                try await record.record(note.kind, of: nil, in: nil, detail: note.detail, at: authority.now)
            }
        } catch {
            logger.warning("not recorded", metadata: ["event": "\(note.kind.rawValue)", "cause": "\(error)"])
        }
    }
}

/// Whether a SIGHUP has come that was not answered yet.
private final class HangUp: Sendable {
    private let isWaiting = Atomic(false)

    func came() { isWaiting.store(true, ordering: .relaxed) }

    /// Whether one is waiting, which is answered now.
    func take() -> Bool { isWaiting.exchange(false, ordering: .relaxed) }
}
