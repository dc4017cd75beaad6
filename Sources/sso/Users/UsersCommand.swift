import ArgumentParser
import Foundation
import Holdings
import Identity
import Stores
import Tokens

struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Add, list and revoke users, in the database.",
        subcommands: [Add.self, List.self, Revoke.self])

    struct Database: ParsableArguments {
        @Option(help: "The cluster's database (SSO_DATABASE; default sqlite:.data/sso.sqlite).")
        var database: String?

        /// Opens the database, lets `work` use it, and closes it.
        ///
        /// - Parameter creating: whether to make it where there is none.
        func withStore(creating: Bool = false, _ work: (any ClusterStore) async throws -> Void) async throws {
            let url = setting(database, "SSO_DATABASE") ?? "sqlite:.data/sso.sqlite"
            umask(0o077)
            let store: any ClusterStore
            do {
                store = try DatabaseURL(url).open(creating: creating)
            } catch {
                throw Failure(
                    "the database \(DatabaseName(url)) cannot be opened: \(error)",
                    hint: "name the servers' database with --database sqlite:PATH or postgresql://USER@HOST/NAME",
                    code: Failure.configuration)
            }
            do {
                try await AuditOrigin.$current.withValue(AuditOrigin(server: "sso")) { try await work(store) }
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }
}

extension UsersCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a user.")
        @Argument(help: "The user name.") var name: String
        @Flag(help: "Read the password from standard input: its first line.") var passwordStdin = false
        @Flag(help: "Make up a password and print it.") var generatePassword = false
        @Option(help: "Where mails to the user go, such as a link for a forgotten password.") var email: String?
        @Option(help: "Cost of the password's hash: log2 N, r, p (SSO_SCRYPT; default 15,8,3).") var scrypt: String?
        @OptionGroup var database: Database

        func run() async throws {
            guard let cost = ScryptCost(setting(scrypt, "SSO_SCRYPT") ?? "15,8,3") else {
                let rule = "is not log2 N (1 to 20), r (1 to 32) and p (1 to 16), such as 15,8,3"
                guard scrypt == nil else { throw ValidationError("the value of --scrypt \(rule)") }
                throw Failure(
                    "the value of SSO_SCRYPT \(rule)", hint: "set it right, or not at all",
                    code: Failure.configuration)
            }
            let password = try password()
            try await database.withStore(creating: true) { store in
                let hasher = PasswordHasher(cost: cost, threadCount: 1)
                let directory = UserDirectory(store: store, hasher: hasher) { Int(Date().timeIntervalSince1970) }
                do throws(IdentityError) {
                    let user = try await directory.register(username: name, password: password, email: email)
                    print("\(user.name): added, with id \(user.id.rawValue)")
                    if generatePassword { print("password: \(password)") }
                } catch {
                    throw Failure(error)
                }
                await hasher.shutdown()
            }
        }

        private func password() throws -> String {
            if generatePassword && passwordStdin {
                throw ValidationError("--password-stdin and --generate-password exclude each other")
            }
            if generatePassword { return Base64URL.encode(randomBytes(12)) }
            if passwordStdin { return readLine() ?? "" }
            guard isatty(STDIN_FILENO) == 1, let typed = getpass("Password: ") else {
                throw ValidationError(
                    "give the password with --password-stdin, or let one be made with --generate-password")
            }
            return String(cString: typed)
        }

    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the users: name, id, count, live sessions, when they registered.")
        @Option(
            name: .customLong("refresh-ttl"),
            help: "Seconds a refresh token lives, after which a session is over (SSO_REFRESH_TTL; default 604800).")
        var refreshTTL: String?
        @OptionGroup var database: Database

        func run() async throws {
            guard let life = Int(setting(refreshTTL, "SSO_REFRESH_TTL") ?? "604800"), life > 0 else {
                throw ValidationError("the value of --refresh-ttl or SSO_REFRESH_TTL is not a number of seconds")
            }
            try await database.withStore { store in
                do {
                    let cutoff = Int(Date().timeIntervalSince1970) - life
                    for (user, liveSessions) in try await store.users(liveSince: cutoff) {
                        let date = Date(timeIntervalSince1970: TimeInterval(user.createdAt)).formatted(.iso8601)
                        print("\(user.name) \(user.id.rawValue) count=\(user.count) sessions=\(liveSessions) \(date)")
                    }
                } catch let error as StoreError {
                    throw Failure(.store(error))
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add one to a user's count: all their refresh tokens are refused from then on, on every server.")
        @Argument(help: "The user name.") var name: String
        @OptionGroup var database: Database

        func run() async throws {
            try await database.withStore { store in
                do {
                    guard let user = try await store.user(named: try UserName(name))?.user,
                        let count = try await store.advanceCount(
                            of: user.id, at: Int(Date().timeIntervalSince1970))
                    else { throw Failure("there is no user \(name)", hint: "'sso users list' names them") }
                    print("\(user.name): revoked, count is now \(count)")
                } catch let error as StoreError {
                    throw Failure(.store(error))
                } catch let error as IdentityError {
                    throw Failure(error)
                }
            }
        }
    }
}

extension Failure {
    fileprivate init(_ error: IdentityError) {
        switch error {
        case .invalidUsername:
            self.init(
                "that is no user name",
                hint: "3 to 64 letters, digits and . _ - @ + (ASCII), beginning with a letter or digit")
        case .invalidPassword:
            self.init("that is no password", hint: "8 to 256 characters, and not the user name")
        case .invalidEmail:
            self.init("that is no email address", hint: "a name, one @ and a host, in ASCII, such as anna@example.com")
        case .usernameTaken: self.init("somebody has that name", hint: "choose another")
        case .store(.unavailable(let reason)), .store(.failed(let reason)):
            self.init(
                "the database did not answer: \(reason)", hint: "try again", code: Failure.configuration)
        default: self.init("\(error)", hint: "try again")
        }
    }
}
