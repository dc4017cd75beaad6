import ArgumentParser
import Curl
import Foundation
import Harness

struct ReadyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ready",
        abstract: "Ask a server whether it is ready: exit 0 if it is, else 1 with what it says.",
        discussion: "For health checks where there is no other program to ask with, as in the image of compose/.")

    @Argument(help: "The server's address, such as http://127.0.0.1:8081.") var url: String
    @Option(help: "Seconds to wait for its answer.") var timeout = 3

    func validate() throws {
        guard (1...60).contains(timeout) else { throw ValidationError("'--timeout' needs a number from 1 to 60") }
    }

    func run() async throws {
        var options = Client.Options()
        options.timeout = .seconds(timeout)
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let answer: Exchange
        do {
            answer = try await Client(options).send(Request(url: "\(base)/readyz"))
        } catch {
            throw Failure("\(url) does not answer: \(error)", hint: "see whether the server runs, and its log")
        }
        guard answer.status == 200 else {
            let detail = answer.json("detail") ?? "it answered \(answer.status)"
            throw Failure("\(url) is not ready: \(detail)", hint: "see the server's log")
        }
        print("ready")
    }
}
