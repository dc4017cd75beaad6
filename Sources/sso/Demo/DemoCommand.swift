import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run both servers and watch them accept each other's tokens.")
    func run() async throws {}
}
