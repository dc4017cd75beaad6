import ArgumentParser
import Foundation
import Tokens

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Look into tokens.", subcommands: [Inspect.self])

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a token's parts and, given the keys, the verdict and the rule that decided.",
            discussion: "Exits 0 if the token is good or no keys were given, 1 if it is refused.")

        @Argument(help: "The token; '-' or nothing reads it from standard input.") var token: String?
        @Option(help: "The cluster's key file, for a verdict.") var keys: String?
        @Option(help: "The cluster's name in 'aud' (SSO_AUDIENCE; default sso).") var audience: String?

        func run() throws {
            let text = try (token == nil || token == "-" ? standardInput() : token ?? "")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard let parts = try? UnverifiedToken(text.utf8),
                case .object? = try? JSONValue(parts.unverifiedHeader)
            else {
                throw Failure(
                    "this is no token: it needs three parts of base64url, divided by dots, in at most 4 KiB, the first "
                        + "of them a JSON object",
                    hint: "give one as sign-in answers it, such as eyJ….eyJ….xyz")
            }
            let now = Int(Date().timeIntervalSince1970)
            show("header", parts.unverifiedHeader, now)
            show("payload", parts.unverifiedPayload, now)
            print("signature\n  \(parts.unverifiedSignature.count) bytes")
            guard let keys else {
                print("verdict\n  none: anyone can write such a text; give --keys to have it checked")
                return
            }
            let error = refusal(of: text, type: type(of: parts), keys: try KeyFile(path: keys).read(), now)
            print("verdict\n  \(error.map { "refused: \($0.description)" } ?? "good")")
            if error != nil { throw ExitCode(Failure.refused) }
        }

        private func standardInput() throws -> String {
            String(decoding: try FileHandle.standardInput.read(upToCount: 65_536) ?? Data(), as: UTF8.self)
        }

        /// The rule that the token fails, of the kind of token that it says it is; nil if it is good.
        private func refusal(of token: String, type: String, keys: KeyRing, _ now: Int) -> TokenError? {
            let audience = setting(audience, "SSO_AUDIENCE") ?? "sso"
            let verifier = TokenVerifier(keys: keys, audience: audience, issuers: ["bank", "retirement"])
            do throws(TokenError) {
                if type == RefreshClaims.type {
                    _ = try verifier.verify(token.utf8, as: RefreshClaims.self, at: now)
                } else {
                    _ = try verifier.verify(token.utf8, as: AccessClaims.self, at: now)
                }
                return nil
            } catch {
                return error
            }
        }

        private func type(of token: UnverifiedToken) -> String {
            guard case .object(let header)? = try? JSONValue(token.unverifiedHeader),
                case .string(let type)? = header["typ"]
            else { return "" }
            return type
        }
    }
}

/// Prints one part of a token: its members, and its times as dates.
private func show(_ title: String, _ json: [UInt8], _ now: Int) {
    print(title)
    guard case .object(let object)? = try? JSONValue(json) else {
        print("  not a strict JSON object: \(printable(String(decoding: json, as: UTF8.self)))")
        return
    }
    for member in object.members {
        print("  \(printable(member.name)): \(text(member, now))")
    }
}

private func text(_ member: JSONObject.Member, _ now: Int) -> String {
    switch member.value {
    case .string(let text): printable(text)
    case .integer(let seconds) where ["iat", "exp"].contains(member.name): "\(seconds) (\(date(seconds, now)))"
    case .integer(let number): "\(number)"
    case .bool(let bool): "\(bool)"
    case .null: "null"
    case .otherNumber: "a number that is no integer in range"
    case .array: "an array"
    case .object: "an object"
    }
}

private func date(_ seconds: Int, _ now: Int) -> String {
    let date = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    return seconds > now ? "\(date), in \(seconds - now) s" : "\(date), \(now - seconds) s ago"
}

/// `text` with everything escaped that could move a terminal's cursor.
private func printable(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
}
