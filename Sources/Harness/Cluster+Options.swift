extension Cluster {
    /// What may differ from one cluster to another.
    public struct Options: Sendable {
        /// Which key files the servers are given.
        public enum Keys: Sendable {
            /// One new file, shared by both: what makes them a cluster.
            case shared
            /// A new file for each: neither knows the other's tokens.
            case different
            /// Files of the caller's own.
            case files(bank: String, retirement: String)
        }

        /// Arguments for both servers, after the cluster's own, so that they win.
        public var arguments: [String] = []
        /// Arguments for the bank only, after ``arguments``.
        public var bankArguments: [String] = []
        /// Arguments for the retirement server only, after ``arguments``.
        public var retirementArguments: [String] = []
        /// Variables for both servers, beside our own environment, from which every `SSO_` variable is taken.
        public var environment: [String: String] = [:]
        /// The ports to listen on; nil takes free ones.
        public var ports: (bank: Int, retirement: Int)?
        /// The names under which browsers reach the servers, such as `bank.sso.localhost`; nil is `127.0.0.1`.
        /// With names, each server is also told its `--public-url`.
        public var hosts: (bank: String, retirement: String)?
        /// The folder for keys, database and logs, made where it is missing and never removed;
        /// nil makes a temporary one, which is removed in the end.
        public var folder: String?
        /// The folder of the executables; nil is that of the running program.
        public var executables: String?
        /// Which key files the servers are given. A file that exists in ``folder`` is used again.
        public var keys = Keys.shared
        /// `--scrypt`: by default so cheap that tests are fast; nil leaves the server's default.
        public var scrypt: String? = "4,8,1"
        /// `--access-ttl` in seconds; nil leaves the server's default.
        public var accessTTL: Int?
        /// `--database`; nil is a new one of this kind: ``databaseKind``.
        public var database: String?
        /// What keeps the data, where no database is given.
        public var databaseKind = DatabaseKind.chosen

        /// The defaults: free ports, a temporary folder, one new key file, cheap password hashes.
        public init() {}
    }
}
