import Foundation
import SyRPCWire
import Testing

@Suite struct CodableDepthTests {
  /// Arrays in arrays.
  private indirect enum Nest: Codable {
    case end
    case more(Nest)

    init(depth: Int) { self = (1..<depth).reduce(.end) { nest, _ in .more(nest) } }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      self = container.isAtEnd ? .end : .more(try container.decode(Nest.self))
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      if case .more(let nest) = self { try container.encode(nest) }
    }
  }

  private static let message = "nested deeper than \(512) levels"

  private func nested(_ depth: Int) -> JSON { (1..<depth).reduce([]) { json, _ in [json] } }

  @Test func theBound() throws {
    let depth = 512  // As PHP's json_decode has it.
    let json = try JSON(encoding: Nest(depth: depth))
    #expect(json == nested(depth))
    #expect(throws: Never.self) { try json.encoded() }
    #expect(throws: Never.self) { try json.decoded(as: Nest.self) }

    let path = String(repeating: "[0]", count: depth)
    #expect(encodingFailure { _ = try JSON(encoding: Nest(depth: depth + 1)) } == "\(path): \(Self.message)")
    #expect(
      decodingFailure { _ = try self.nested(depth + 1).decoded(as: Nest.self) }
        == "dataCorrupted \(path): \(Self.message)")
  }

  @Test func rawValuesWithinAreNotCounted() throws {
    let deep = nested(JSON.maximumDepth)
    #expect(try JSON(encoding: ["a": deep]) == ["a": deep])
    #expect(try JSON.object(["a": deep]).decoded(as: [String: JSON].self) == ["a": deep])
  }

  @Test func foundationIsBoundedToo() throws {
    #expect(throws: Never.self) { try JSONEncoder().encode(self.nested(500)) }
    let path = String(repeating: "[0]", count: 512)
    #expect(encodingFailure { _ = try JSONEncoder().encode(self.nested(513)) } == "\(path): \(Self.message)")
  }

  @Test func containersThatAreNestedWithoutEnd() throws {
    func lists(_ count: Int) -> Encoding {
      Encoding { encoder in
        var list = encoder.unkeyedContainer()
        for _ in 0..<count { list = list.nestedUnkeyedContainer() }
      }
    }
    #expect(try JSON(encoding: lists(512 - 1)) == nested(512))
    let path = String(repeating: "[0]", count: 512)
    #expect(encodingFailure { _ = try JSON(encoding: lists(512)) } == "\(path): \(Self.message)")
    #expect(encodingFailure { _ = try JSON(encoding: lists(200_000)) } == "\(path): \(Self.message)")

    let supers = Encoding { encoder in
      var encoder = encoder
      for _ in 0..<200_000 {
        var container = encoder.unkeyedContainer()
        encoder = container.superEncoder()
      }
      try 1.encode(to: encoder)
    }
    #expect(encodingFailure { _ = try JSON(encoding: supers) } == "\(path): \(Self.message)")
  }
}
