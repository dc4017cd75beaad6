public import Statistics

/// How many of all requests are of each kind.
public struct Mix: Sendable, Equatable {
    /// Why a mix is none.
    public enum Wrong: Error, Equatable {
        /// It is not written as `browse=90,renew=5,sign-in=3,sign-out=2`.
        case form
        /// More sign out than sign in, so in the end there would be nobody left to browse.
        case runsOut
    }

    /// What most of a site's visitors do.
    public static let standard = Mix(weights: [90, 5, 3, 2])

    private let weights: [Int]

    /// Reads `browse=90,renew=5,sign-in=3,sign-out=2`. What is not named does not happen; the sum may be any.
    ///
    /// - Throws: ``Wrong``.
    public init(_ text: String) throws(Wrong) {
        var weights = [Int](repeating: 0, count: Kind.allCases.count)
        var seen: Set<Kind> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, let kind = Kind(rawValue: String(halves[0])), seen.insert(kind).inserted,
                (1...6).contains(halves[1].utf8.count), halves[1].utf8.allSatisfy({ (48...57).contains($0) }),
                let weight = Int(halves[1]), let index = Kind.allCases.firstIndex(of: kind)
            else { throw .form }
            weights[index] = weight
        }
        guard weights.contains(where: { $0 > 0 }) else { throw .form }
        self.init(weights: weights)
        guard self[.signOut] <= self[.signIn] else { throw .runsOut }
    }

    private init(weights: [Int]) { self.weights = weights }

    /// One kind and no other. Of sign-outs there can then be no more than there are visitors who are signed in.
    public static func only(_ kind: Kind) -> Mix {
        Mix(weights: Kind.allCases.map { $0 == kind ? 1 : 0 })
    }

    /// The weight of a kind, beside those of the others.
    public subscript(kind: Kind) -> Int {
        zip(Kind.allCases, weights).first { $0.0 == kind }?.1 ?? 0
    }

    /// Draws a kind, each as often as its weight says.
    public func draw(_ random: inout SeededGenerator) -> Kind {
        var rest = Int.random(in: 0..<weights.reduce(0, +), using: &random)
        for (kind, weight) in zip(Kind.allCases, weights) {
            if rest < weight { return kind }
            rest -= weight
        }
        return .browse
    }
}
