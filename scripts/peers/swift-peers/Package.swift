// swift-tools-version: 6.2
import PackageDescription

// The peers in Swift, jwt-kit and Hummingbird: a package of its own, so that the project does not depend on jwt-kit.
let package = Package(
    name: "swift-peers",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .target(name: "Checks", dependencies: [.product(name: "JWTKit", package: "jwt-kit")]),
        .executableTarget(name: "jwt-kit", dependencies: ["Checks"], path: "Sources/verify"),
        .executableTarget(
            name: "hummingbird",
            dependencies: ["Checks", .product(name: "Hummingbird", package: "hummingbird")], path: "Sources/serve"),
    ]
)
