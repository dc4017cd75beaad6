import Synchronization

/// A table of 64-bit fingerprints with a number each, which any thread reads without a lock while one thread writes.
///
/// It is open addressing over memory that is allocated once and then stays: so a reader needs no protection from memory
/// that goes away, and every word of it is atomic. It grows by levels, each eight times the one before; a look-up tries
/// those that are there. An entry is never taken out alone: the table is emptied as a whole, when all of it is old.
final class FingerprintTable: Sendable {
    /// How many places each level has: 64 KiB, 512 KiB, 4 MiB and 32 MiB.
    static let levelSizes = [1 << 12, 1 << 15, 1 << 18, 1 << 21]
    /// A fingerprint and its number.
    static let bytesPerPlace = 2 * MemoryLayout<UInt64>.stride
    /// How many entries find room: three quarters of all places, so that look-ups stay short.
    static let capacity = levelSizes.reduce(0) { $0 + limit($1) }

    /// Fingerprint, number, fingerprint, number …; a fingerprint of 0 is a free place.
    private typealias Words = UnsafeMutablePointer<Atomic<UInt64>>

    private let levels: [Level]
    private let used = Atomic<Int>(0)

    private final class Level: Sendable {
        let size: Int
        /// Where its memory is, as a number: a pointer would not be Sendable, though what it leads to is all atomic.
        private let address = Atomic<UInt>(0)
        /// The writer's alone.
        let used = Atomic<Int>(0)

        init(size: Int) { self.size = size }

        deinit { words?.deallocate() }

        var words: Words? { Words(bitPattern: address.load(ordering: .acquiring)) }

        func allocate() -> Words {
            let words = Words.allocate(capacity: 2 * size)
            for index in 0..<(2 * size) { (words + index).initialize(to: Atomic(0)) }
            address.store(UInt(bitPattern: words), ordering: .releasing)
            return words
        }
    }

    init() {
        levels = Self.levelSizes.map(Level.init)
    }

    /// How many entries there are.
    var count: Int { used.load(ordering: .relaxed) }

    /// How many bytes it has taken from the system.
    var bytes: Int {
        levels.reduce(0) { $0 + ($1.words == nil ? 0 : $1.size * Self.bytesPerPlace) }
    }

    /// The number of a fingerprint; 0 if it is not here. Any thread may ask.
    func number(of fingerprint: UInt64) -> UInt64 {
        if used.load(ordering: .relaxed) == 0 { return 0 }
        for level in levels {
            guard let words = level.words else { break }
            if let number = Self.number(of: fingerprint, in: words, level.size) { return number }
        }
        return 0
    }

    private static func number(of fingerprint: UInt64, in words: Words, _ size: Int) -> UInt64? {
        var place = Int(truncatingIfNeeded: fingerprint) & (size - 1)
        // It has free places, but a reader does not rely on what a writer may be changing.
        for _ in 0..<size {
            let found = words[2 * place].load(ordering: .acquiring)
            if found == 0 { return nil }
            if found == fingerprint {
                let number = words[2 * place + 1].load(ordering: .acquiring)
                // If the table was emptied between the two, the number is another's; and what was here is over.
                return words[2 * place].load(ordering: .relaxed) == fingerprint ? number : nil
            }
            place = (place + 1) & (size - 1)
        }
        return nil
    }

    // MARK: Writing, one thread at a time

    /// Gives a fingerprint, which is not 0, this number, or leaves it a higher one.
    ///
    /// - Returns: false if there is no room.
    func raise(_ fingerprint: UInt64, to number: UInt64) -> Bool {
        for level in levels {
            let words = level.words ?? level.allocate()
            var place = Int(truncatingIfNeeded: fingerprint) & (level.size - 1)
            while true {
                let found = words[2 * place].load(ordering: .relaxed)
                if found == fingerprint {
                    if words[2 * place + 1].load(ordering: .relaxed) < number {
                        words[2 * place + 1].store(number, ordering: .releasing)
                    }
                    return true
                }
                if found == 0 { break }
                place = (place + 1) & (level.size - 1)
            }
            // An entry that is in a later level would be here twice, and the first one found is taken: so a level that has
            // been full once takes nothing new.
            guard level.used.load(ordering: .relaxed) < Self.limit(level.size) else { continue }
            words[2 * place + 1].store(number, ordering: .relaxed)
            words[2 * place].store(fingerprint, ordering: .releasing)
            level.used.wrappingAdd(1, ordering: .relaxed)
            used.wrappingAdd(1, ordering: .releasing)
            return true
        }
        return false
    }

    /// Empties it. A reader who is at it meanwhile finds an entry or not, and all of them are over.
    func removeAll() {
        used.store(0, ordering: .relaxed)
        for level in levels {
            guard let words = level.words, level.used.load(ordering: .relaxed) > 0 else {
                continue
            }
            for index in 0..<(2 * level.size) { words[index].store(0, ordering: .relaxed) }
            level.used.store(0, ordering: .relaxed)
        }
    }

    private static func limit(_ size: Int) -> Int { size / 4 * 3 }
}
