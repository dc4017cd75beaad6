import Foundation
import Harness
import Synchronization

/// chromedriver as a child process, which starts browsers and passes commands on to them.
///
/// Nothing is left behind: ``stop()`` ends the driver and removes the folder with all profiles, and should this
/// program die first, even by `kill -9`, a child of its own does both.
public final class ChromeDriver: Sendable {
    private let process: ServerProcess
    private let folder: String
    // Kept for as long as the driver lives: when it goes, the driver goes.
    private let reaper: Reaper
    private let profiles = Atomic(0)

    /// Starts a driver, runs the body, and stops the driver whatever happened.
    ///
    /// - Throws: What ``start()`` or the body throws.
    public nonisolated(nonsending) static func with<Value>(
        _ body: (ChromeDriver) async throws -> Value
    ) async throws -> Value {
        let driver = try await start()
        let result: Result<Value, any Error>
        do { result = .success(try await body(driver)) } catch { result = .failure(error) }
        await driver.stop()
        return try result.get()
    }

    /// Starts a driver on a free port and waits until it is ready. ``with(_:)`` also sees to stopping.
    ///
    /// - Throws: ``BrowserError`` if there is none on this machine; `HarnessError`. Then nothing runs.
    public static func start() async throws -> ChromeDriver {
        let driver = try ChromeDriver(executables: try executables())
        do {
            try await driver.process.start()
        } catch {
            await driver.stop()
            throw error
        }
        return driver
    }

    private init(executables: String) throws {
        folder = try Surroundings.makeTemporaryFolder()
        reaper = try Reaper(removing: folder)
        let port = try Ports.free()
        // What Chromium and its libraries write beside the profile also goes to the folder.
        let places = ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"]
        let environment = Dictionary(uniqueKeysWithValues: places.map { [folder] in ($0, folder) })
        process = ServerProcess(
            name: "chromedriver", host: "127.0.0.1", port: port, arguments: ["--port=\(port)"],
            environment: Surroundings.environment(adding: environment), executables: executables, folder: folder,
            reaper: reaper, readyLine: "ChromeDriver was started successfully")
    }

    /// Stops the driver with every browser that it started, and removes their profiles. May be called twice.
    public func stop() async {
        await process.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts a browser with an empty profile, runs the body, and closes the browser whatever happened.
    ///
    /// When the body throws, the address and the text of the page in front are printed to standard error first.
    ///
    /// - Throws: ``BrowserError`` or what the body throws.
    public nonisolated(nonsending) func withChromium<Value>(
        _ body: (Chromium) async throws -> Value
    ) async throws -> Value {
        let number = profiles.add(1, ordering: .relaxed).newValue
        let chromium = try await Chromium(driver: process.url, profile: "\(folder)/profile-\(number)")
        do {
            let value = try await body(chromium)
            try await chromium.quit()
            return value
        } catch {
            await chromium.printPage()
            // The error that led here is the one to tell; stopping the driver ends the browser all the same.
            try? await chromium.quit()
            throw error
        }
    }

    /// The folder of the driver's executable.
    private static func executables() throws(BrowserError) -> String {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let folder = (path + ["/usr/bin"]).first {
            FileManager.default.isExecutableFile(atPath: "\($0)/chromedriver")
        }
        guard let folder else {
            throw BrowserError(
                "there is no chromedriver in the PATH", hint: "'scripts/test' installs it, with Chromium")
        }
        return folder
    }
}

extension Chromium {
    /// Prints where the browser is and what can be read there.
    fileprivate func printPage() async {
        let url = (try? await url) ?? "nowhere"
        let text = (try? await all("body").first?.text) ?? "nothing"
        FileHandle.standardError.write(Data("---- the browser is at \(url) and shows\n\(text)\n".utf8))
    }
}
