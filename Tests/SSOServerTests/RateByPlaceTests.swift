import Identity
import Testing

@testable import SSOServer

@Suite("How often each address may ask for links")
struct RateByPlaceTests {
    private func place(_ number: Int) -> Place {
        Place(address: withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) })
    }

    @Test("So many at once, then one in so long; who was refused is not counted, and others are not held up")
    func limits() {
        var rate = RateByPlace(GCRA(burst: 3, interval: 1_000))
        for _ in 0..<3 { #expect(rate.take(place(1), at: 0) == 0) }
        for _ in 0..<9 { #expect(rate.take(place(1), at: 0) == 1_000) }
        #expect(rate.take(place(2), at: 0) == 0)
        #expect(rate.take(place(1), at: 999) == 1)
        #expect(rate.take(place(1), at: 1_000) == 0)
        #expect(rate.take(place(1), at: 1_000) == 1_000)
    }

    @Test("Of very many addresses it remembers those of the last moments alone")
    func forgets() {
        var rate = RateByPlace(GCRA(burst: 3, interval: 1_000))
        var most = 0
        // One in each millisecond, each remembered for a second.
        for number in 0..<100_000 {
            #expect(rate.take(place(number), at: number) == 0)
            most = max(most, rate.count)
        }
        #expect((1_000...2_001).contains(most))
    }
}
