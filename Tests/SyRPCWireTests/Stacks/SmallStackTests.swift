import Foundation
import SyRPCWire
import Testing

/// What is nested as deeply as may be, on the smallest stack that threads have by default.
@Suite struct SmallStackTests {
  /// How a text is nested.
  enum Nesting: CaseIterable {
    case arrays, objects, both

    /// A text of this nesting.
    func text(_ depth: Int) -> String {
      let levels = (1..<depth).map { ["[", "{\"a\":"][kind($0)] }
      let ends = (1..<depth).reversed().map { ["]", "}"][kind($0)] }
      return levels.joined() + "1" + ends.joined()
    }

    private func kind(_ level: Int) -> Int {
      switch self {
      case .arrays: 0
      case .objects: 1
      case .both: level % 2
      }
    }
  }

  @Test(arguments: Nesting.allCases) func theDeepestIsReadWrittenComparedAndFreed(_ nesting: Nesting) throws {
    let text = nesting.text(JSON.maximumDepth)
    let other = text.replacing("1", with: "2")
    try onSmallThread {
      let (value, same, different) = (try JSON(text: text), try JSON(text: text), try JSON(text: other))
      #expect(value == same)
      #expect(value != different)
      #expect(value.hashValue == same.hashValue)
      #expect(try value.encoded() == Array(text.utf8))
      #expect(value.description == text)
      #expect(value.exactDescription == text)
    }
  }

  @Test(arguments: Nesting.allCases) func whatJanssonRefusesIsReadExactly(_ nesting: Nesting) throws {
    let text = nesting.text(JSON.maximumDepth).replacing("1", with: "123456789012345678901234567890")
    try onSmallThread {
      let (value, same) = (try JSON(exactly: text.utf8), try JSON(exactly: text.utf8))
      #expect(value == same)
      #expect(value.exactDescription == text)
    }
  }

  @Test(arguments: Nesting.allCases) func messagesHoldTheDeepest(_ nesting: Nesting) throws {
    let text = nesting.text(JSON.maximumDepth - 1)
    try onSmallThread {
      let request = RequestMessage(resultID: "id", type: "t", data: try JSON(text: text))
      let result = ResultMessage(resultID: "id", data: request.data)
      #expect(try RequestMessage(decoding: try request.encoded()) == request)
      #expect(try ResultMessage(decoding: try result.encoded()) == result)
      let tooBig = try result.encoded().split(separator: UInt8(ascii: "1")).joined(
        separator: String(repeating: "9", count: 20).utf8)
      #expect(resultID(ofUnreadable: Array(tooBig)) == "id")
      #expect(try JSON(encoding: ["a": result.data]).decoded(as: [String: JSON].self) == ["a": result.data])
    }
  }

  @Test func theHashOfWhatDiffersDeepDownAlone() throws {
    // Equal values have equal hashes; others need not have different ones, but most have.
    let deep = (0..<100).map { number in (0..<70).reduce(JSON.integer(number)) { json, _ in [json] } }
    #expect(Set(deep).count == 100)
    let shallow = (0..<100).map { number in (0..<10).reduce(JSON.integer(number)) { json, _ in ["a": json] } }
    #expect(Set(shallow.map(\.hashValue)).count > 90)
  }

  // MARK: - Types that encode and decode themselves

  /// A type whose levels take much of a stack.
  private struct Tree: Codable, Equatable {
    var name = "tree"
    var children: [String: [Tree]] = [:]

    init(depth: Int) { if depth > 1 { children = ["child": [Tree(depth: depth - 1)]] } }
  }

  /// It is refused, and does not end the process.
  @Test func aTypeThatIsTooDeepForTheStackIsRefused() throws {
    // Three levels of JSON each.
    let trees = Tree(depth: 170)
    let json = try JSON(encoding: trees)
    #expect(try json.decoded(as: Tree.self) == trees)
    try onSmallThread {
      for failure in [
        encodingFailure { _ = try JSON(encoding: trees) }, decodingFailure { _ = try json.decoded(as: Tree.self) },
      ] {
        #expect(failure?.hasSuffix("nested deeper than this thread's stack holds") ?? true)
      }
      // As deep as anybody needs.
      let some = Tree(depth: 20)
      let again = try JSON(encoding: some).decoded(as: Tree.self)
      #expect(again == some)
    }
  }

  @Test func foundationsCodersAreBoundedByTheStackToo() throws {
    let json = (1..<500).reduce(JSON.array([])) { json, _ in [json] }
    let text = Data(try json.encoded())
    try onSmallThread {
      let encoding = encodingFailure { _ = try JSONEncoder().encode(json) }
      #expect(encoding?.hasSuffix("nested deeper than this thread's stack holds") ?? true)
      let decoding = decodingFailure { _ = try JSONDecoder().decode(JSON.self, from: text) }
      #expect(decoding?.hasSuffix("nested deeper than this thread's stack holds") ?? true)
    }
  }

  /// Containers are nested without recursion; they are put together, and freed, with it.
  @Test func nestedContainersAreFinished() throws {
    try onSmallThread {
      let lists = Encoding { encoder in
        var list = encoder.unkeyedContainer()
        for _ in 0..<511 { list = list.nestedUnkeyedContainer() }
      }
      let deepArray = try JSON(encoding: lists)
      #expect(deepArray == (1..<512).reduce([]) { json, _ in [json] })
      let objects = Encoding { encoder in
        var object = encoder.container(keyedBy: Key.self)
        for _ in 0..<511 { object = object.nestedContainer(keyedBy: Key.self, forKey: .a) }
      }
      let deepObject = try JSON(encoding: objects)
      #expect(deepObject == (1..<512).reduce([:]) { json, _ in ["a": json] })
    }
  }

  private enum Key: CodingKey { case a }
}
