import InteropSupport
import Testing

@Suite struct LineBufferTests {
  private func buffer(_ chunks: [String], longestLine: Int = 100) -> LineBuffer {
    var buffer = LineBuffer(longestLine: longestLine)
    for chunk in chunks { Array(chunk.utf8).withUnsafeBytes { buffer.append($0) } }
    return buffer
  }

  @Test(arguments: [["a\nb\n\nc"], ["a", "\n", "b\n", "\nc"], ["a\nb", "\n\n", "c"]])
  func splitsAtLineFeedsWhereverChunksEnd(chunks: [String]) throws {
    var buffer = buffer(chunks)
    #expect(try buffer.nextLine() == "a")
    #expect(try buffer.nextLine() == "b")
    #expect(try buffer.nextLine() == "")
    #expect(try buffer.nextLine() == nil)
    #expect(buffer.count == 1)
  }

  @Test func keepsEveryOtherControlCharacter() throws {
    var buffer = buffer(["a\r\u{2028}\u{85}\0\n"])
    #expect(try buffer.nextLine() == "a\r\u{2028}\u{85}\0")
  }

  @Test func joinsACharacterThatWasCut() throws {
    var buffer = LineBuffer(longestLine: 100)
    for byte in "ä€😀\n".utf8 { withUnsafeBytes(of: byte) { buffer.append($0) } }
    #expect(try buffer.nextLine() == "ä€😀")
  }

  @Test func refusesWhatIsNotUTF8AndGoesOn() throws {
    var buffer = LineBuffer(longestLine: 100)
    ([0xFF, 0x0A] + Array("next\n".utf8)).withUnsafeBytes { buffer.append($0) }
    let error = #expect(throws: LineProcessError.self) { try buffer.nextLine() }
    #expect(error?.code == .notUTF8)
    #expect(try buffer.nextLine() == "next")
  }

  @Test(arguments: [["12345"], ["123456\n"], ["1234", "5678\nx\n"]])
  func givesUpAfterALineThatIsTooLong(chunks: [String]) throws {
    var buffer = buffer(chunks, longestLine: 4)
    for _ in 1...2 {
      let error = #expect(throws: LineProcessError.self) { try buffer.nextLine() }
      #expect(error?.code == .lineTooLong)
    }
    #expect(buffer.count == 0)
  }

  @Test func givesUpWhenTheLineBeforeItIsTaken() throws {
    var buffer = buffer(["1\n12345"], longestLine: 4)
    #expect(try buffer.nextLine() == "1")
    let error = #expect(throws: LineProcessError.self) { try buffer.nextLine() }
    #expect(error?.code == .lineTooLong)
  }

  @Test func takesTheLongestLine() throws {
    var buffer = buffer(["12", "34", "\n12"], longestLine: 4)
    #expect(try buffer.nextLine() == "1234")
  }

  @Test func isFullOnlyWhenALineIsReady() throws {
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 2 << 20)
    var buffer = LineBuffer(longestLine: 64 << 20)
    chunk.withUnsafeBytes { buffer.append($0) }
    var isFull = buffer.isFull
    #expect(!isFull)
    "\n".utf8.withContiguousStorageIfAvailable { buffer.append(UnsafeRawBufferPointer($0)) }
    isFull = buffer.isFull
    #expect(isFull)
    #expect(try buffer.nextLine()?.utf8.count == 2 << 20)
    isFull = buffer.isFull
    #expect(!isFull)
  }

  @Test(.timeLimit(.minutes(10))) func takesLinearTime() throws {
    // Quadratic, this would be 10 to the power of 13 steps for the long line, and of 12 for the short ones.
    var buffer = LineBuffer(longestLine: 64 << 20)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 10)
    for _ in 0..<(16 << 10) { piece.withUnsafeBytes { buffer.append($0) } }
    [UInt8](repeating: 0x0A, count: 1 << 20).withUnsafeBytes { buffer.append($0) }
    #expect(try buffer.nextLine()?.utf8.count == 16 << 20)
    var lines = 1
    while try buffer.nextLine() != nil { lines += 1 }
    #expect(lines == 1 << 20)
  }
}
