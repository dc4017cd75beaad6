import Foundation
import Synchronization

/// Visitors who are signed in, and do what they are told, again and again.
public final class Crowd: Sendable {
    private let generator: Mutex<Generator>

    private init(_ generator: sending Generator) {
        self.generator = Mutex(generator)
    }

    /// Brings the visitors of a plan in.
    ///
    /// - Parameter tell: called each second, on a thread of its own, also later.
    /// - Throws: ``LoadError`` if not all of them could sign in.
    public static func gather(
        for plan: LoadPlan, tell: @escaping @Sendable (LoadProgress) -> Void = { _ in }
    ) async throws -> Crowd {
        try await onThreadOfItsOwn {
            let generator = try Generator(plan, tell: tell)
            try generator.gather()
            return Crowd(generator)
        }
    }

    /// Sends what a plan says: its targets, mix, rate and seconds. The visitors, the connections and the seed are those of
    /// the plan that they were gathered for.
    ///
    /// - Returns: What came of it: every request that was due is in it, as answered or as failed.
    public func send(_ plan: LoadPlan) async throws -> LoadFigures {
        try await onThreadOfItsOwn { self.generator.withLock { $0.send(plan) } }
    }
}

/// Carries a plan out.
///
/// - Parameter tell: called each second, on a thread of its own.
/// - Returns: What came of it: every request that was due is in it, as answered or as failed.
/// - Throws: ``LoadError`` if not all visitors could sign in.
public func run(
    _ plan: LoadPlan, tell: @escaping @Sendable (LoadProgress) -> Void = { _ in }
) async throws -> LoadFigures {
    try await Crowd.gather(for: plan, tell: tell).send(plan)
}

/// libcurl's calls block, so they have a thread.
private func onThreadOfItsOwn<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
