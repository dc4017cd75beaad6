import Identity
import Logging
import ServiceLifecycle
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
    let logger: Logger

    /// How often the file is looked at.
    private static let interval = Duration.milliseconds(250)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let hangUps = await UnixSignalsSequence(trapping: .sighup)
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in hangUps { reload(reason: "SIGHUP") }
                }
                group.addTask {
                    var last = Optional(firstVersion)
                    while (try? await Task.sleep(for: Self.interval)) != nil {
                        let version = file.version
                        if version != last {
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

    private func reload(reason: Logger.MetadataValue) {
        do {
            let keys = try file.read().keys
            authority.replaceKeys(keys)
            health.isGood()
            let ids = keys.keys.map { Logger.MetadataValue.string($0.id) }
            logger.notice("keys loaded", metadata: ["reason": reason, "kids": .array(ids)])
        } catch {
            // Four times a second, the same words would only fill the log.
            guard health.isBad(error.cause) || reason != "tried again" else { return }
            logger.error(
                "keys not loaded: the ones in use stay", metadata: ["reason": reason, "cause": "\(error.cause)"])
        }
    }
}
