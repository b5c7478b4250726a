import Foundation
import SyRPCWire
import Testing

@testable import WireTap

@Suite struct StreamEditorTests {
  /// The bytes of a direction of a recorded connection, of which the credentials are masked.
  private func recorded(_ name: String, _ direction: Transcript.Direction) throws -> [UInt8] {
    try FixtureTests.transcript(name).entries.filter { $0.direction == direction }.flatMap(\.frame.raw)
  }

  /// Edits a stream that comes in pieces.
  private func edit(
    _ bytes: [UInt8], _ direction: Transcript.Direction, pieces size: Int = .max,
    _ decide: @escaping StreamEditor.Decision
  ) -> (on: [UInt8], back: [UInt8], changes: Int) {
    var changes = 0
    let editor = StreamEditor(onChange: { changes += 1 }, decide)
    var on: [UInt8] = []
    var back: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let (more, answers) = editor.edit(rest.prefix(size), direction)
      on += more
      back += answers
      rest = rest.dropFirst(size)
    }
    return (on + editor.rest(direction), back, changes)
  }

  @Test(arguments: FixtureTests.names, Transcript.Direction.allCases)
  func whatIsNotChangedPassesAsItCame(_ name: String, _ direction: Transcript.Direction) throws {
    let bytes = try recorded(name, direction)
    for size in [1, 7, 4096, Int.max] {
      let edited = edit(bytes, direction, pieces: size) { unit, _ in .pass(unit) }
      #expect(edited.on == bytes)
      #expect(edited.back.isEmpty && edited.changes == 0)
    }
  }

  /// What librabbitmq decodes, and is written anew, is the same to the last byte.
  @Test(arguments: FixtureTests.names, Transcript.Direction.allCases)
  func whatIsWrittenAnewIsAsItCame(_ name: String, _ direction: Transcript.Direction) throws {
    var written = 0
    let edited = edit(try recorded(name, direction), direction) { unit, _ in
      if FieldType.arguments[unit.name] != nil {
        written += 1
        #expect(unit.encoded(whenCame: nil) == unit.original, "\(unit.name)")
      }
      return .pass(unit)
    }
    #expect(written > 5)
    #expect(edited.changes == 0)
  }

  @Test func aChangeIsInTheBytes() throws {
    let bytes = try recorded("node-default-server-0.jsonl", .toBroker)
    let edited = edit(bytes, .toBroker, pieces: 5) { unit, _ in
      var unit = unit
      if unit.name == "basic.publish" {
        unit.fields["routing-key"] = "elsewhere"
        unit.properties?["priority"] = 7
        unit.body.append(UInt8(ascii: " "))
      }
      return .pass(unit)
    }
    var builder = TranscriptBuilder()
    builder.append(edited.on, .toBroker, milliseconds: 0)
    let transcript = Transcript(head: .example, entries: builder.entries, ending: .closedByPeer)
    let before = try FixtureTests.transcript("node-default-server-0.jsonl").contents.messages
      .filter { $0.method == "basic.publish" }
    let after = transcript.contents.messages
    #expect(after.count == before.count && edited.changes == before.count)
    for (old, new) in zip(before, after) {
      #expect(new.routingKey == "elsewhere")
      #expect(new.properties["priority"] == 7)
      #expect(new.body == old.body + [UInt8(ascii: " ")])
      // Node allows 4096 octets a frame, and so must what stands for it.
      #expect(new.bodyFrames >= old.bodyFrames)
    }
    #expect(transcript.entries.allSatisfy { $0.frame.raw.count <= 4096 })
  }

  @Test func aMethodThatIsSwallowedIsAnswered() throws {
    let bytes = try recorded("python-default-client-1.jsonl", .toBroker)
    let swallowed = ["queue.declare", "queue.bind", "exchange.declare", "connection.close"]
    let edited = edit(bytes, .toBroker) { unit, _ in swallowed.contains(unit.name) ? .swallow(unit) : .pass(unit) }
    var builder = TranscriptBuilder()
    builder.append(edited.back, .fromBroker, milliseconds: 0)
    let answers = builder.entries.compactMap(\.frame.method)
    #expect(answers.count == edited.changes && !answers.isEmpty)
    #expect(answers.allSatisfy { $0.name.hasSuffix("-ok") && $0.isExact })
    #expect(answers.contains { $0.name == "queue.declare-ok" && $0.fields["message-count"] == 0 })
  }

  @Test func whatIsNotAMQPPasses() {
    let bytes = Array("GET / HTTP/1.1\r\n\r\n".utf8) + Array(repeating: 0xCE, count: 100)
    for size in [1, Int.max] {
      #expect(edit(bytes, .toBroker, pieces: size) { unit, _ in .swallow(unit) }.on == bytes)
    }
  }

  @Test func whatIsIncompleteInTheEndPasses() throws {
    let bytes = Array(try recorded("php-default-client-1.jsonl", .toBroker).dropLast(3))
    #expect(edit(bytes, .toBroker) { unit, _ in .pass(unit) }.on == bytes)
  }
}
