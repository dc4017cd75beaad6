// swift-tools-version: 6.2
import PackageDescription

let upcoming: [SwiftSetting] = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"].map {
    .enableUpcomingFeature($0)
}

// The library Tokens and its tests alone, for a build with a sanitizer: all that the servers depend on would have to be
// built once more with it, and nothing else here works with pointers. The folders are links to those of the project.
let package = Package(
    name: "tokens-sanitized",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Tokens", dependencies: ["COpenSSL"], swiftSettings: upcoming),
        .testTarget(name: "TokensTests", dependencies: ["Tokens"], swiftSettings: upcoming),
    ],
    swiftLanguageModes: [.v6]
)
