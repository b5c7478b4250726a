import InteropRunner
import Testing

@Suite struct DealtTests {
  @Test func oneComesFromEachPartInTurn() {
    #expect(Array(0..<8).dealt(from: 3) == [0, 3, 6, 1, 4, 7, 2, 5])
    #expect(Array(0..<4).dealt(from: 1) == [0, 1, 2, 3])
    #expect(Array(0..<4).dealt(from: 9) == [0, 1, 2, 3])
    #expect([Int]().dealt(from: 3) == [])
  }

  @Test func nothingIsLostAndNothingComesTwice() {
    for count in 0...40 {
      for parts in 1...12 {
        #expect(Array(0..<count).dealt(from: parts).sorted() == Array(0..<count), "\(count) from \(parts)")
      }
    }
  }
}
