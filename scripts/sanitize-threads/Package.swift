// swift-tools-version: 6.2
import PackageDescription

let upcoming: [SwiftSetting] = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"].map {
    .enableUpcomingFeature($0)
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")

// The rules of signing on, the store and their tests alone, for a build that watches for two threads at one place in
// memory: all else would have to be built once more with it. The folders are links to those of the project.
let package = Package(
    name: "identity-sanitized",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Tokens", dependencies: ["COpenSSL"], swiftSettings: upcoming),
        .target(name: "Identity", dependencies: ["COpenSSL", "Tokens", nioPosix], swiftSettings: upcoming),
        .target(name: "Holdings", dependencies: ["Identity"], swiftSettings: upcoming),
        .target(
            name: "SQLiteStore", dependencies: ["Holdings", "Identity", grdb, grdbSQLite],
            resources: [.embedInCode("Schema")], swiftSettings: upcoming),
        .testTarget(
            name: "IdentityTests", dependencies: ["Holdings", "Identity", "SQLiteStore", "Tokens", grdb],
            swiftSettings: upcoming),
    ],
    swiftLanguageModes: [.v6]
)
