import Synchronization

/// A table of 64-bit fingerprints with a number each, which any thread reads without a lock while one thread writes.
///
/// It is open addressing over blocks of memory that are allocated once and then stay: so a reader needs no protection from
/// memory that goes away, and every word is atomic. When a block is three quarters full, its entries are copied into the
/// next, eight times as large, and that one is shown to readers in its place. An entry is never taken out alone: the table
/// is emptied as a whole, when all of it is old.
final class FingerprintTable: Sendable {
    /// How many places the blocks have: 64 KiB, 512 KiB, 4 MiB and 32 MiB.
    static let sizes = [1 << 12, 1 << 15, 1 << 18, 1 << 21]
    /// How many entries find room: three quarters of the places, so that look-ups stay short.
    static let capacity = limit((1 << 21))

    /// The number of places less one, a word that is not used, and then fingerprint, number, fingerprint, number …; a
    /// fingerprint of 0 is a free place.
    private typealias Block = UnsafeMutablePointer<Atomic<UInt64>>

    /// Where the block is that is read, as a number, since a pointer would not be Sendable; 0 if the table is empty.
    private let current = Atomic<UInt>(0)
    private let used = Atomic<Int>(0)

    /// What only who writes needs to know.
    private struct Writer {
        /// Where the blocks are that were ever needed.
        var blocks: [UInt] = []
        /// Which of them is read.
        var index = 0
    }
    private let writer = Mutex(Writer())

    deinit {
        for block in writer.withLock({ $0.blocks }) { Block(bitPattern: block)?.deallocate() }
    }

    /// How many entries there are.
    var count: Int { used.load(ordering: .relaxed) }

    /// Whether there is none.
    var isEmpty: Bool { current.load(ordering: .relaxed) == 0 }

    /// How many bytes it has taken from the system.
    var bytes: Int { writer.withLock { $0.blocks.indices.reduce(0) { $0 + 16 * (Self.sizes[$1] + 1) } } }

    /// The number of a fingerprint; 0 if it is not here. Any thread may ask.
    func number(of fingerprint: UInt64) -> UInt64 {
        guard let block = Block(bitPattern: current.load(ordering: .acquiring)) else { return 0 }
        let mask = Int(truncatingIfNeeded: block[0].load(ordering: .relaxed))
        var place = Int(truncatingIfNeeded: fingerprint) & mask
        // It has free places, but a reader does not rely on what a writer may be changing.
        for _ in 0...mask {
            let found = block[2 * place + 2].load(ordering: .acquiring)
            if found == 0 { return 0 }
            if found == fingerprint {
                let number = block[2 * place + 3].load(ordering: .acquiring)
                // If the block was emptied between the two, the number is another's; and what was here is over.
                return block[2 * place + 2].load(ordering: .relaxed) == fingerprint ? number : 0
            }
            place = (place + 1) & mask
        }
        return 0
    }

    /// Gives a fingerprint, which is not 0, this number, or leaves it a higher one.
    ///
    /// - Returns: false if there is no room.
    func raise(_ fingerprint: UInt64, to number: UInt64) -> Bool {
        writer.withLock { writer in
            var block = Block(bitPattern: current.load(ordering: .relaxed)) ?? begin(&writer, 0)
            var place = Self.place(of: fingerprint, in: block)
            if block[place].load(ordering: .relaxed) == fingerprint {
                if block[place + 1].load(ordering: .relaxed) < number {
                    block[place + 1].store(number, ordering: .releasing)
                }
                return true
            }
            if count >= Self.limit(Self.sizes[writer.index]) {
                guard writer.index + 1 < Self.sizes.count else { return false }
                block = grow(&writer, from: block)
                place = Self.place(of: fingerprint, in: block)
            }
            block[place + 1].store(number, ordering: .relaxed)
            block[place].store(fingerprint, ordering: .releasing)
            used.wrappingAdd(1, ordering: .relaxed)
            return true
        }
    }

    /// Empties it. Whoever reads in a block meanwhile finds an entry or not, and all of them are over.
    func removeAll() {
        writer.withLock { _ in
            current.store(0, ordering: .releasing)
            used.store(0, ordering: .relaxed)
        }
    }

    // MARK: Blocks

    private static func limit(_ size: Int) -> Int { size / 4 * 3 }

    /// Where in a block a fingerprint stands, or would.
    private static func place(of fingerprint: UInt64, in block: Block) -> Int {
        let mask = Int(truncatingIfNeeded: block[0].load(ordering: .relaxed))
        var place = Int(truncatingIfNeeded: fingerprint) & mask
        while true {
            let found = block[2 * place + 2].load(ordering: .relaxed)
            if found == 0 || found == fingerprint { return 2 * place + 2 }
            place = (place + 1) & mask
        }
    }

    /// Shows an empty block to readers.
    private func begin(_ writer: inout Writer, _ index: Int) -> Block {
        let block = empty(&writer, index)
        writer.index = index
        current.store(UInt(bitPattern: block), ordering: .releasing)
        return block
    }

    /// Copies all entries into the next block, and shows that one to readers.
    private func grow(_ writer: inout Writer, from old: Block) -> Block {
        let block = empty(&writer, writer.index + 1)
        for index in 0..<Self.sizes[writer.index] {
            let fingerprint = old[2 * index + 2].load(ordering: .relaxed)
            guard fingerprint != 0 else { continue }
            let place = Self.place(of: fingerprint, in: block)
            block[place].store(fingerprint, ordering: .relaxed)
            block[place + 1].store(old[2 * index + 3].load(ordering: .relaxed), ordering: .relaxed)
        }
        writer.index += 1
        current.store(UInt(bitPattern: block), ordering: .releasing)
        return block
    }

    /// The block of that size with nothing in it.
    private func empty(_ writer: inout Writer, _ index: Int) -> Block {
        let words = 2 * (Self.sizes[index] + 1)
        if index < writer.blocks.count, let block = Block(bitPattern: writer.blocks[index]) {
            for word in 2..<words { block[word].store(0, ordering: .relaxed) }
            return block
        }
        let block = Block.allocate(capacity: words)
        for word in 0..<words { (block + word).initialize(to: Atomic(0)) }
        block[0].store(UInt64(Self.sizes[index] - 1), ordering: .relaxed)
        writer.blocks.append(UInt(bitPattern: block))
        return block
    }
}
