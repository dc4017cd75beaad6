import Identity
import Logging
import ServiceLifecycle
import Tokens
import UnixSignals

/// Reads the key file again on SIGHUP and when it changes. A file that cannot be used is logged, and the keys that are
/// in use stay.
struct KeyFileWatch: Service {
    let file: KeyFile
    let firstVersion: KeyFile.Version
    let authority: TokenAuthority
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
                        if version != last { reload(reason: "changed") }
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
            let ids = keys.keys.map { Logger.MetadataValue.string($0.id) }
            logger.notice("keys loaded", metadata: ["reason": reason, "kids": .array(ids)])
        } catch {
            logger.error(
                "keys not loaded: the ones in use stay", metadata: ["reason": reason, "cause": "\(error.cause)"])
        }
    }
}
