// swift-tools-version: 6.2
import PackageDescription

let upcoming: [SwiftSetting] = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"].map {
    .enableUpcomingFeature($0)
}

// What works with pointers, with its tests, for a build with a sanitizer: the library Tokens, and of Identity the list of
// revocations with what it is made of. All that the servers depend on would have to be built once more with it. The folders
// are links to those of the project.
let package = Package(
    name: "tokens-sanitized",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Tokens", dependencies: ["COpenSSL"], swiftSettings: upcoming),
        .target(
            name: "Identity", dependencies: ["Tokens"],
            sources: [
                "IdentityError.swift", "Random.swift", "User.swift", "UserName.swift", "Mail/EmailAddress.swift",
                "Revocations",
            ],
            swiftSettings: upcoming),
        .testTarget(
            name: "IdentityTests", dependencies: ["Identity", "Tokens"],
            sources: ["RevocationFollowerTests.swift", "RevocationListTests.swift"], swiftSettings: upcoming),
        .testTarget(name: "TokensTests", dependencies: ["Tokens"], swiftSettings: upcoming),
    ],
    swiftLanguageModes: [.v6]
)
