import Foundation
import SeededRandom
import SyRPCWire
import Testing

/// An ordinary type with most of what types have.
private struct Record: Codable, Equatable {
  enum Kind: String, Codable, CaseIterable { case one, two }
  indirect enum Tree: Codable, Equatable {
    case leaf
    case value(Int64)
    case named(name: String, Double?)
    case branch([Tree])
  }

  var bool: Bool
  var integers: [Int64]
  var small: [Int8: UInt16]
  var double: Double
  var float: Float?
  var text: String?
  var kinds: [Kind?]
  var tree: Tree
  var data: [[String: Tree]]
  var id: UUID
  var url: URL?

  init(_ generator: inout Seeded) {
    func maybe<T>(_ value: T, _ generator: inout Seeded) -> T? { Bool.random(using: &generator) ? value : nil }
    func many<T>(_ each: (inout Seeded) -> T, _ generator: inout Seeded) -> [T] {
      var all: [T] = []
      for _ in 0..<Int.random(in: 0...4, using: &generator) { all.append(each(&generator)) }
      return all
    }
    bool = .random(using: &generator)
    integers = many({ Int64(bitPattern: $0.next()) >> Int64.random(in: 0...63, using: &$0) }, &generator)
    small = Dictionary(
      many({ (Int8(truncatingIfNeeded: $0.next()), UInt16(truncatingIfNeeded: $0.next())) }, &generator),
      uniquingKeysWith: { $1 })
    double = Self.double(&generator)
    float = maybe(Float.random(in: -1e6...1e6, using: &generator), &generator)
    text = maybe(Self.text(&generator), &generator)
    kinds = many({ maybe(Kind.allCases.randomElement(using: &$0) ?? .one, &$0) }, &generator)
    tree = Self.tree(5, &generator)
    data = many(
      { Dictionary(many({ (Self.text(&$0), Self.tree(2, &$0)) }, &$0), uniquingKeysWith: { $1 }) }, &generator)
    id = UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F") ?? UUID()
    url = maybe(URL(string: "https://example.org/\(generator.next())"), &generator) ?? nil
  }

  static func double(_ generator: inout Seeded) -> Double {
    let value = Double(bitPattern: generator.next())
    return value.isFinite ? value : 0.5
  }

  static func text(_ generator: inout Seeded) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      scalars.append(Unicode.Scalar(UInt32.random(in: 1...0x10FFFF, using: &generator)) ?? "\u{FFFD}")
    }
    return String(scalars)
  }

  static func tree(_ depth: Int, _ generator: inout Seeded) -> Tree {
    switch Int.random(in: 0...(depth == 0 ? 2 : 4), using: &generator) {
    case 0: .leaf
    case 1: .value(Int64(bitPattern: generator.next()))
    case 2: .named(name: text(&generator), Bool.random(using: &generator) ? double(&generator) : nil)
    default: .branch((0..<3).map { _ in tree(depth - 1, &generator) })
    }
  }
}

@Suite struct CodableGeneratedTests {
  @Test func valuesComeBackOverText() throws {
    var generator = Seeded(4)
    for _ in 0..<500 {
      let value = Record(&generator)
      let json = try JSON(encoding: value)
      #expect(try json.decoded() == value)
      #expect(try JSON(parsing: json.encoded()) == json)
      #expect(try JSON(parsing: json.encoded()).decoded() == value)
    }
  }

  @Test func eachReadsWhatFoundationWrites() throws {
    var generator = Seeded(5)
    for _ in 0..<500 {
      let value = Record(&generator)
      let foundation = try JSONEncoder().encode(value)
      #expect(try JSON(parsing: foundation).decoded() == value)
      #expect(try JSONDecoder().decode(Record.self, from: Data(JSON(encoding: value).encoded())) == value)
      #expect(try byValue(JSON(parsing: foundation)) == byValue(JSON(encoding: value)))
    }
  }

  /// Foundation writes whole doubles as integers, so those count as such.
  private func byValue(_ json: JSON) -> JSON {
    switch json {
    case .real(let value): Int64(exactly: value).map(JSON.integer) ?? json
    case .array(let elements): .array(elements.map(byValue))
    case .object(let object): .object(JSONObject(object.map { ($0.key, byValue($0.value)) }))
    default: json
    }
  }
}
