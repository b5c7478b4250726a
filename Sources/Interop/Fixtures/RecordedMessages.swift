package import InteropModel
package import InteropSupport
internal import SyRPCWire
internal import WireTap

/// `fixtures/messages/recorded`: the messages that the references published, taken out of their transcripts.
///
/// A file for each implementation and scenario. A head line with the facts of the recording, then a line a message, in
/// the order in which each side published them: role, kind, exchange, routing key, flags, properties and body.
package struct RecordedMessages {
  /// A message, and the number of result queues that it was published under.
  struct Message {
    let file: String
    let line: JSON
    let kind: GoldenMessages.Kind
    let body: [UInt8]
    let exchange: String
    let routingKey: String
    let topology: Topology
  }

  private let checkout: Checkout
  private var folder: String { checkout.messages / "recorded" }

  package init(_ checkout: Checkout) { self.checkout = checkout }

  /// Writes all files anew from the transcripts.
  ///
  /// - Throws: ``InteropError``.
  package func rebuild() throws(InteropError) {
    try Files.remove(folder)
    for (name, text) in try files(from: try transcripts()) { try Files.write(text, to: folder / name) }
  }

  /// Every transcript, by the name of its file; each is checked as it is read.
  ///
  /// - Throws: ``InteropError`` that names file and line.
  func transcripts() throws(InteropError) -> [(name: String, transcript: Transcript)] {
    var transcripts: [(name: String, transcript: Transcript)] = []
    for name in try Files.list(checkout.transcripts) where name.hasSuffix(".jsonl") {
      let path = checkout.transcripts / name
      do { transcripts.append((name, try Transcript(jsonLines: try Files.read(path)))) } catch {
        throw error as? InteropError ?? InteropError("\(path): \(error)")
      }
    }
    return transcripts
  }

  /// What the files must hold.
  func files(from transcripts: [(name: String, transcript: Transcript)]) throws(InteropError) -> [(
    name: String, text: [UInt8]
  )] {
    var files: [(name: String, text: [UInt8])] = []
    for (peer, scenario) in transcripts.map({ key(of: $0.transcript) }).uniqued().map({ ($0.peer, $0.scenario) }) {
      let own = transcripts.filter { key(of: $0.transcript) == Key(peer: peer, scenario: scenario) }
      guard let first = own.first else { continue }
      var lines: [JSON] = [.object(["recorded": 1, "facts": .object(first.transcript.head.facts)])]
      for (name, transcript) in own { lines += try messages(in: transcript, name).map(\.line) }
      var text: [UInt8] = []
      do { for line in lines { text += try line.encoded() + [UInt8(ascii: "\n")] } } catch {
        throw InteropError("\(first.name): \(error)")
      }
      files.append(("\(peer)-\(scenario).jsonl", text))
    }
    return files
  }

  /// What a transcript's peer published.
  func messages(in transcript: Transcript, _ name: String) throws(InteropError) -> [Message] {
    let topology = try RecordedSettings(transcript.head, name).topology
    var messages: [Message] = []
    for message in transcript.messages where message.method == "basic.publish" {
      guard let body = String(validating: message.body, as: UTF8.self) else {
        throw InteropError("\(name): the message at frame \(message.entry) is not UTF-8")
      }
      // PHP publishes results on the request exchange, so the routing key tells the kind.
      let kind: GoldenMessages.Kind = message.routingKey == topology.requestBinding.routingKey ? .request : .result
      let line: JSON = [
        "role": .string(transcript.head.role), "kind": .string(kind.rawValue), "exchange": .string(message.exchange),
        "routing-key": .string(message.routingKey), "mandatory": .bool(message.mandatory ?? false),
        "immediate": .bool(message.immediate ?? false), "properties": .object(message.properties),
        "body-frames": .integer(Int64(message.bodyFrames)), "body": .string(body),
      ]
      messages.append(
        Message(
          file: name, line: line, kind: kind, body: message.body, exchange: message.exchange,
          routingKey: message.routingKey, topology: topology))
    }
    return messages
  }

  private struct Key: Hashable {
    let peer: String
    let scenario: String
  }

  private func key(of transcript: Transcript) -> Key {
    Key(peer: transcript.head.peer, scenario: transcript.head.facts["scenario"]?.stringValue ?? "unnamed")
  }
}
