public import ArgumentParser
public import Harness

extension Harness.DatabaseKind: ExpressibleByArgument {}

/// What keeps the data of a cluster that a command starts.
struct DatabaseChoice: ParsableArguments {
    @Option(
        help: "What keeps the data of a cluster that it starts: sqlite, or a postgresql of its own (Debian's package)."
    )
    var database = DatabaseKind.chosen
}
