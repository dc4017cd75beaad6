import ArgumentParser
import Foundation
import Identity
import Tokens

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make and change the key file, the cluster's shared secret.",
        discussion: """
            The first key signs, every key verifies. To change the secret without signing anyone out: 'keys add \
            --standby' makes a key that every server learns to verify with; 'keys promote' then lets it sign; 'keys \
            retire' ends the old one when the last token it signed has expired. Servers read the file again when it \
            changes, and at once on SIGHUP.
            """,
        subcommands: [New.self, Add.self, Promote.self, Retire.self, List.self])

    struct File: ParsableArguments {
        @Option(name: .customLong("keys"), help: "The key file (SSO_KEYS).")
        var path: String?

        var file: KeyFile {
            get throws {
                guard let path = setting(path, "SSO_KEYS") else {
                    throw Failure(
                        "no key file was named", hint: "name it with --keys FILE or SSO_KEYS",
                        code: Failure.configuration)
                }
                return KeyFile(path: path)
            }
        }
    }
}

extension KeysCommand {
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key file with one new key.")
        @OptionGroup var keys: File

        func run() throws {
            let file = try keys.file
            let key = try newKey()
            try file.create(KeyRing([key]))
            print("\(file.path): made, with key \(key.id)")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a new key, which signs from now on.")
        @OptionGroup var keys: File
        @Flag(help: "Let the new key verify only, until 'sso keys promote'.")
        var standby = false

        func run() throws {
            let key = try newKey()
            try keys.file.change { keys in standby ? keys + [key] : [key] + keys }
            print("\(key.id): added, \(standby ? "verifies" : "signs")")
        }
    }

    struct Promote: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a key sign from now on.")
        @Argument(help: "The key's kid.") var kid: String
        @OptionGroup var keys: File

        func run() throws {
            try keys.file.change { keys in
                let key = try find(kid, in: keys)
                return [key] + keys.filter { $0.id != key.id }
            }
            print("\(kid): signs")
        }
    }

    struct Retire: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a key: every token that it signed is refused from now on.")
        @Argument(help: "The key's kid.") var kid: String
        @OptionGroup var keys: File

        func run() throws {
            try keys.file.change { keys in
                let key = try find(kid, in: keys)
                guard keys.count > 1 else {
                    throw Failure(
                        "the key \(key.id) is the only one, and a cluster needs one",
                        hint: "add another first, with 'sso keys add'")
                }
                return keys.filter { $0.id != key.id }
            }
            print("\(kid): retired")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, without their secrets.")
        @OptionGroup var keys: File

        func run() throws {
            for (index, key) in try keys.file.read().keys.enumerated() {
                print("\(key.id) \(index == 0 ? "signs" : "verifies")")
            }
        }
    }
}

/// A key with 32 random bytes, and with a name that tells when it was made.
private func newKey() throws -> Key {
    let day = Date().formatted(.iso8601.year().month().day())
    return try Key(id: "\(day)-\(Base64URL.encode(randomBytes(4)))", secret: randomBytes(Key.minimumLength))
}

private func find(_ kid: String, in keys: [Key]) throws -> Key {
    guard let key = keys.first(where: { $0.id == kid }) else {
        throw Failure("there is no key \(kid)", hint: "'sso keys list' names the keys")
    }
    return key
}
