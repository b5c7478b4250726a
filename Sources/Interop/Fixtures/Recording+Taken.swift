internal import InteropModel
package import InteropSupport
internal import SyRPCWire
internal import WireTap

extension TranscriptRecorder.Recording {
  /// A recording of what `syrpc tap` wrote. Its facts are read from the frames: app name and times from what is declared,
  /// the implementation from the client properties.
  ///
  /// - Parameters:
  ///   - path: the transcript.
  ///   - peer: whose it is.
  ///   - scenario: what it is a recording of.
  ///   - resultQueueCount: the number of result queues; nil for 64.
  /// - Throws: ``InteropError`` that names the file, and what it is not or lacks.
  package init(taken path: String, peer: String, scenario: String, resultQueueCount: Int?) throws(InteropError) {
    let transcript: Transcript
    do { transcript = try Transcript(jsonLines: try Files.read(path)) } catch {
      throw error as? InteropError ?? InteropError("\(path): \(error)")
    }
    let conversation = Conversation(transcript)
    guard transcript.entries.contains(where: { $0.frame.method?.name == "connection.open-ok" }) else {
      throw InteropError("\(path): it has no complete handshake of AMQP")
    }
    let puts = conversation.published.contains(where: \.isRequest)
    let takes = conversation.delivered.contains(where: \.isRequest)
    guard puts != takes else {
      throw InteropError(
        "\(path): a recording puts requests or takes them, and this connection "
          + (puts ? "does both" : "does neither: record one that makes whole calls"))
    }
    let declared = Declared(conversation)
    guard let request = (puts ? conversation.published : conversation.delivered).first(where: \.isRequest),
      request.exchange.hasSuffix(Declared.requestSuffix)
    else { throw InteropError("\(path): its requests are in no exchange {app_name}\(Declared.requestSuffix)") }
    var settings: JSONObject = ["app_name": .string(String(request.exchange.dropLast(Declared.requestSuffix.count)))]
    settings["amq_num_queues"] = resultQueueCount.map { .integer(Int64($0)) }
    if let ttl = declared.ttl, .seconds(ttl) != SyRPCSettings.defaultTTL { settings["amq_ttl"] = .integer(ttl) }
    if let ttl = declared.messageTTL, .seconds(ttl) != SyRPCSettings.defaultMessageTTL {
      settings["amq_msg_ttl"] = .integer(ttl)
    }
    var facts: JSONObject = ["scenario": .string(scenario)]
    facts["implementation"] = conversation.client.map(JSON.string)
    facts["broker"] = conversation.server.map(JSON.string)
    facts["settings"] = .object(settings)
    try self.init(transcript, of: peer, puts ? .client : .server, facts)
    try checkQueues(conversation, path)
  }

  /// With another number of result queues than the program had, the ids would belong into other queues.
  private func checkQueues(_ conversation: Conversation, _ path: String) throws(InteropError) {
    let topology = try RecordedSettings(transcript.head, path).topology
    for message in conversation.published + conversation.delivered where message.isResult && !message.isRequest {
      guard let id = message.resultID else { continue }
      let index = topology.resultQueueIndex(for: id)
      guard message.routingKey == String(index) else {
        throw InteropError(
          "\(path): the result \(id) has the routing key \(message.routingKey), and with "
            + "\(topology.settings.resultQueueCount) result queues it is \(index): say how many there are with --num-queues"
        )
      }
    }
  }
}

/// What a conversation tells of the settings.
private struct Declared {
  static let requestSuffix = "_request"

  /// In seconds.
  let ttl: Int64?
  let messageTTL: Int64?

  init(_ conversation: Conversation) {
    func seconds(_ argument: String) -> Int64? {
      conversation.sent("queue.declare").lazy.compactMap { step in
        step.fields["arguments"]?[argument]?.objectValue?.first?.value.integerValue
      }.first.map { $0 / 1000 }
    }
    ttl = seconds("x-expires")
    messageTTL = seconds("x-message-ttl")
  }
}

extension Conversation {
  /// What the program says of itself: product and version.
  fileprivate var client: String? {
    Self.product(sent("connection.start-ok").first?.fields["client-properties"], "version", "product_version")
  }
  /// What the broker says of itself.
  fileprivate var server: String? {
    Self.product(received.first { $0.name == "connection.start" }?.fields["server-properties"], "version")
  }

  private static func product(_ properties: JSON?, _ versions: String...) -> String? {
    func text(_ name: String) -> String? { properties?[name]?["S"]?.stringValue }
    guard let product = text("product") else { return nil }
    return ([product] + (versions.lazy.compactMap(text).first.map { [$0] } ?? [])).joined(separator: " ")
  }
}
