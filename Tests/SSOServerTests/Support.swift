import ArgumentParser
import Foundation
import Testing

@testable import SSOServer

/// The bank, as far as its settings need it.
let bank = Server(
    name: "bank", title: "Bank", port: 8081, peer: .init(name: "retirement", title: "Retirement", port: 8082),
    dataName: "accounts", data: { _, _ in [] }, dataSchema: [], homeTemplate: [], home: { _, _ in [:] })

/// Works out settings from flags and variables; a key file is named unless the test is about that.
func settings(
    _ flags: [String] = [], _ environment: [String: String] = [:], keys: String? = "keys.json", of server: Server = bank
) throws -> Settings {
    let flags = flags + (keys.map { ["--keys", $0] } ?? [])
    return try Settings(server, ServerOptions.parse(flags), environment: environment)
}

/// Why settings are refused.
func refusal(
    _ flags: [String] = [], _ environment: [String: String] = [:], keys: String? = "keys.json"
) throws -> StartupError? {
    do {
        _ = try settings(flags, environment, keys: keys)
        return nil
    } catch let error as StartupError {
        return error
    }
}

/// An origin that is known to be one.
func origin(_ text: String) throws -> Origin { try #require(Origin(text)) }

/// Runs `body` with a new temporary folder, and removes it afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/sso-server-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}
