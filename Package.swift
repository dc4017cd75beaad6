// swift-tools-version: 6.3
import PackageDescription

// The same rules for every target. Warnings are errors in CI, and warnings on people's own machines,
// where a newer compiler may know some that we do not.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let metricsCore: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "sso",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Tokens", targets: ["Tokens"]),
        .executable(name: "bank", targets: ["bank"]),
        .executable(name: "retirement", targets: ["retirement"]),
        .executable(name: "sso", targets: ["sso"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries of the system.
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),

        .systemLibrary(
            name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),

        // The domain: it knows neither HTTP nor a database.
        .target(name: "Tokens", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "Identity", dependencies: ["COpenSSL", "Tokens", nioPosix], swiftSettings: strict),
        .target(name: "Holdings", dependencies: ["Identity"], swiftSettings: strict),

        // The database behind the domain's protocols.
        .target(
            name: "SQLiteStore", dependencies: ["Holdings", "Identity", grdb, grdbSQLite],
            resources: [.embedInCode("Schema")], swiftSettings: strict),
        .target(
            name: "PostgresStore", dependencies: ["CLibpq", "Holdings", "Identity", nioPosix],
            resources: [.embedInCode("Schema")], swiftSettings: strict),
        .target(
            name: "Stores", dependencies: ["Holdings", "Identity", "PostgresStore", "SQLiteStore"],
            swiftSettings: strict),

        // Mails: what they are made of, and how they leave.
        .target(name: "Mail", dependencies: ["CCurl", "Identity"], swiftSettings: strict),

        // The course's texts, which servers and tools show alike.
        .target(name: "Lessons", swiftSettings: strict),

        // HTTP: what both servers share, then each.
        .target(
            name: "SSOServer",
            dependencies: [
                "Holdings", "Identity", "Lessons", "Mail", "Tokens",
                argumentParser, hummingbird, hummingbirdCore, httpTypes, lifecycle, logging, metrics, metricsCore,
                mustache, nioCore, nioPosix,
                nioHTTP1, nioHTTPTypes, unixSignals,
            ],
            resources: [.embedInCode("Assets"), .embedInCode("Templates")], swiftSettings: strict),
        .target(
            name: "BankServer", dependencies: ["Holdings", "Identity", "SSOServer", "Tokens"],
            resources: [.embedInCode("Templates")], swiftSettings: strict),
        .target(
            name: "RetirementServer", dependencies: ["Holdings", "Identity", "SSOServer", "Tokens"],
            resources: [.embedInCode("Templates")], swiftSettings: strict),
        .executableTarget(
            name: "bank", dependencies: ["BankServer", "Holdings", "SSOServer", "Stores", argumentParser],
            swiftSettings: strict),
        .executableTarget(
            name: "retirement", dependencies: ["RetirementServer", "Holdings", "SSOServer", "Stores", argumentParser],
            swiftSettings: strict),

        // The harness drives the real executables from outside, so it imports no server.
        .target(name: "Curl", dependencies: ["CCurl"], swiftSettings: strict),
        .target(name: "Harness", dependencies: ["Curl"], swiftSettings: strict),
        .target(name: "Browser", dependencies: ["Curl", "Harness"], swiftSettings: strict),

        // What happened on a cluster, and whether it may have: the checker knows neither HTTP nor a database.
        .target(name: "History", swiftSettings: strict),
        .target(
            name: "Soak", dependencies: ["Curl", "Harness", "History", "Statistics", "Tokens", grdb],
            swiftSettings: strict),

        // Load and growth: what a deployment is measured with, and the model of what it takes for many users.
        .target(name: "Statistics", swiftSettings: strict),
        .target(name: "Load", dependencies: ["Curl", "Harness", "Statistics"], swiftSettings: strict),
        .target(name: "Growth", dependencies: ["Statistics"], swiftSettings: strict),

        // The course: what visitors do in each lesson.
        .target(
            name: "Course", dependencies: ["COpenSSL", "Curl", "Harness", "Lessons", "Tokens"], swiftSettings: strict),

        .executableTarget(
            name: "sso",
            dependencies: [
                "COpenSSL", "Course", "Curl", "Growth", "Harness", "History", "Holdings", "Identity", "Lessons", "Load",
                "Soak", "Statistics", "Stores", "Tokens", argumentParser, grdbSQLite, unixSignals,
            ],
            swiftSettings: strict),

        .testTarget(name: "TokensTests", dependencies: ["Tokens"], swiftSettings: strict),
        .testTarget(
            name: "IdentityTests",
            dependencies: ["Harness", "Holdings", "Identity", "PostgresStore", "SQLiteStore", "Tokens", grdb],
            swiftSettings: strict),
        .testTarget(name: "MailTests", dependencies: ["Identity", "Mail"], swiftSettings: strict),
        .testTarget(
            name: "SSOServerTests",
            dependencies: [
                "BankServer", "Identity", "Mail", "RetirementServer", "SQLiteStore", "SSOServer", "Tokens",
                argumentParser,
                httpTypes, hummingbird, logging, metricsCore, nioCore, nioEmbedded,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ContractTests", dependencies: ["Curl", "Harness", "bank", "retirement", "sso"],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests", dependencies: ["Curl", "Harness", "bank", "retirement", "sso", grdb],
            exclude: ["Support/mail-server.py"],
            swiftSettings: strict),
        .testTarget(
            name: "HistoryTests", dependencies: ["Harness", "History", "Soak", "bank", "retirement", "sso"],
            swiftSettings: strict),
        .testTarget(
            name: "NetworkTests", dependencies: ["Curl", "Harness", "History", "Tokens", "bank", "retirement", "sso"],
            swiftSettings: strict),
        .testTarget(name: "StatisticsTests", dependencies: ["Statistics"], swiftSettings: strict),
        .testTarget(
            name: "LoadTests", dependencies: ["Curl", "Harness", "Load", "Statistics", "bank", "retirement", "sso"],
            swiftSettings: strict),
        .testTarget(
            name: "GrowthTests", dependencies: ["Growth", "Harness", "Statistics", "sso"], swiftSettings: strict),
        .testTarget(
            name: "CourseTests", dependencies: ["Course", "Curl", "Harness", "Lessons", "bank", "retirement", "sso"],
            swiftSettings: strict),
        .testTarget(
            name: "BrowserTests", dependencies: ["Browser", "Curl", "Harness", "Lessons", "bank", "retirement", "sso"],
            exclude: ["Support/foreign-site.py"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
