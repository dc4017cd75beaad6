import Testing

/// What happens to servers, one thing after another: each of these tests takes much of the machine, and others beside
/// them have to be in time for tokens that live for seconds.
@Suite("Faults", .serialized)
enum Faults {}
