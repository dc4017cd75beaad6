// swift-tools-version: 6.2
import PackageDescription

let upcoming: [SwiftSetting] = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"].map {
    .enableUpcomingFeature($0)
}

/// A program that a fuzzer calls with one text after another; it ends itself when one is read wrongly.
func fuzzed(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: dependencies + ["Oracle"], swiftSettings: upcoming)
}

// What reads texts that strangers write, with nothing else of the project, for a build with libFuzzer: see scripts/fuzz.
// The folders and files are links to those of the project.
let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-http-types", from: "1.8.0")],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Tokens", dependencies: ["COpenSSL"], swiftSettings: upcoming),
        // The parts of the servers that need no server.
        .target(
            name: "Doors", dependencies: [.product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: upcoming),
        .target(name: "Oracle", swiftSettings: upcoming),
        fuzzed("base64url", "Tokens"),
        fuzzed("claims", "Tokens"),
        fuzzed("token", "COpenSSL", "Tokens"),
        fuzzed("keys", "Tokens"),
        fuzzed("cookies", "Doors", .product(name: "HTTPTypes", package: "swift-http-types")),
        fuzzed("return-to", "Doors"),
    ],
    swiftLanguageModes: [.v6]
)
