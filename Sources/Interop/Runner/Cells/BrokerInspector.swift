package import AMQP
internal import InteropBroker
internal import InteropModel
package import InteropSupport
package import Logging
internal import SyRPCWire
package import InteropReport
package import WireTap

/// Makes what changes the bytes of a connection with some number, if anything does.
package typealias EditorMaker = @Sendable (_ connection: Int) -> StreamEditor?

/// The broker that a run uses.
package struct BrokerEndpoint: Sendable {
  package let address: BrokerAddress
  /// What it says of itself on the wire.
  package let identity: BrokerIdentity
  /// Whether it is gone after the run, with all that is in it.
  package let isPrivate: Bool
  /// Takes note of what is declared there; nil if nobody has to.
  package let declarations: Declarations?
  /// The longest that it took to take notice of a connection, as far as that was measured.
  package let acceptance: Duration?

  package init(
    address: BrokerAddress, identity: BrokerIdentity, isPrivate: Bool, declarations: Declarations? = nil,
    acceptance: Duration? = nil
  ) {
    self.address = address
    self.identity = identity
    self.isPrivate = isPrivate
    self.declarations = declarations
    self.acceptance = acceptance
  }

  /// The same broker by another virtual host, or as another user.
  package func at(_ address: BrokerAddress) -> BrokerEndpoint {
    BrokerEndpoint(
      address: address, identity: identity, isPrivate: isPrivate, declarations: declarations, acceptance: acceptance)
  }

  /// The version of RabbitMQ; nil if it is another broker, or does not say.
  package var rabbitMQ: Version? { identity.rabbitMQ }

  /// What the terminal says of it.
  package var about: String {
    isPrivate ? "a private \(identity) on \(address.place)" : "\(identity) at \(address.place)"
  }

  /// What the report says of it.
  package var reported: Report.Run.Broker {
    Report.Run.Broker(
      product: identity.product, version: identity.version, isPrivate: isPrivate, address: address.place,
      virtualHost: address.virtualHost)
  }

  /// A tap for one role of a cell.
  ///
  /// - Throws: `TapError`.
  func tap(
    _ role: Role, _ peer: String, onFrame: (@Sendable (Int, Transcript.Entry) -> Void)? = nil,
    editor: EditorMaker? = nil, faults: TapFaults? = nil
  ) async throws -> Tap {
    var watch = onFrame
    if let declarations {
      watch = { [virtualHost = address.virtualHost] connection, entry in
        declarations.note(entry, virtualHost: virtualHost)
        onFrame?(connection, entry)
      }
    }
    return try await Tap.start(
      brokerHost: address.host, brokerPort: address.port, role: role.rawValue, peer: peer, faults: faults ?? [],
      onFrame: watch, editor: editor ?? { _ in nil })
  }
}

extension Evidence {
  /// Notes what the cell left in the broker.
  mutating func look(with inspector: BrokerInspector) async {
    // A recording that was cut leaves something, and so may a call that failed; that is not waited for.
    let isUnfinished = Role.allCases.contains { roles[$0].isCut || roles[$0].hasFailed }
    let patience = isUnfinished ? Duration.zero : .seconds(5)
    do {
      leftovers = try await inspector.leftovers(
        of: [topology] + Role.allCases.compactMap { claims[$0] }, resultIDs: resultIDs, patience: patience)
    } catch {
      brokerProblem = brokerProblem ?? "\(error)"
    }
  }
}

/// Looks at what a cell left in the broker, and removes its exchanges and queues.
package actor BrokerInspector {
  private let address: BrokerAddress
  /// Whether it removes anything: a node that is gone after the run need not be tidied up, and that takes its time.
  private let isTidy: Bool
  private let declarations: Declarations?
  private let logger: Logger
  private var connection: AMQPConnection?

  package init(_ address: BrokerAddress, isTidy: Bool, noting declarations: Declarations? = nil, _ logger: Logger) {
    self.address = address
    self.isTidy = isTidy
    self.declarations = declarations
    self.logger = logger
  }

  /// What is left of an application whose connections are all closed.
  ///
  /// The broker learns of a closed connection's end queue by queue, so it is given a moment; a queue that was never
  /// declared holds nothing.
  ///
  /// - Parameters:
  ///   - topologies: the application, by each contract that its peers keep to.
  ///   - resultIDs: of its results.
  ///   - patience: how long a moment.
  /// - Returns: the queues that hold something.
  /// - Throws: ``AMQPError``.
  func leftovers(
    of topologies: [ExpectedTopology], resultIDs: [String], patience: Duration = .seconds(5)
  ) async throws -> [QueueLeftover] {
    let queues = topologies.flatMap { topology in
      let indexes = Set(resultIDs.map(topology.resultQueueIndex(for:))).sorted()
      return [topology.requestQueue] + indexes.map { topology.resultQueue(at: $0) }
    }.uniqued()
    var leftovers: [QueueLeftover] = []
    for queue in queues {
      if let leftover = try await settled(queue, patience) { leftovers.append(leftover) }
    }
    guard isTidy else { return leftovers }
    let connection = try await open()
    for queue in queues {
      try await connection.deleteQueue(queue)
      declarations?.forget(.queue, queue, address.virtualHost)
    }
    for exchange in topologies.flatMap({ [$0.requestExchange, $0.resultExchange] }).uniqued() {
      try await connection.deleteExchange(exchange)
      declarations?.forget(.exchange, exchange, address.virtualHost)
    }
    return leftovers
  }

  /// Whether a queue holds anything that is ready; false if there is no such queue.
  ///
  /// Who publishes without waiting for the broker's confirmation may say that it is done before the broker has it, so it
  /// is given a moment.
  ///
  /// - Throws: ``AMQPError``.
  func holdsMessages(_ queue: String, patience: Duration = .seconds(2)) async throws -> Bool {
    let deadline = ContinuousClock.now + patience
    repeat {
      do { if try await open().status(ofQueue: queue).messageCount > 0 { return true } } catch let error as AMQPError
        where error.code == .notFound
      {}
      try await Task.sleep(for: .milliseconds(50))
    } while ContinuousClock.now < deadline
    return false
  }

  /// Publishes half a message, as a request or into the result queue with index 0, which are declared for it.
  ///
  /// - Throws: ``AMQPError``.
  func publishMalformed(_ kind: GoldenMessages.Kind, of topology: ExpectedTopology) async throws {
    let settings = try SyRPCSettings(
      appName: topology.appName, ttl: .seconds(topology.ttl), messageTTL: .seconds(topology.messageTTL),
      resultQueueCount: topology.resultQueueCount)
    let wire = Topology(settings)
    let (exchange, queue, binding) =
      kind == .request
      ? (wire.requestExchange, wire.requestQueue, wire.requestBinding)
      : (wire.resultExchange, wire.resultQueue(at: 0), wire.resultBinding(at: 0))
    let connection = try await open()
    declarations?.note(.exchange, exchange.name, address.virtualHost)
    declarations?.note(.queue, queue.name, address.virtualHost)
    try await connection.declare(exchange)
    try await connection.declare(queue)
    try await connection.bind(binding)
    try await connection.publish(Array(#"{"result_id":"#.utf8), to: exchange.name, routingKey: binding.routingKey)
  }

  package func close() async {
    await connection?.close()
    connection = nil
  }

  private func settled(_ queue: String, _ patience: Duration) async throws -> QueueLeftover? {
    let deadline = ContinuousClock.now + patience
    while true {
      let status: QueueStatus
      do { status = try await open().status(ofQueue: queue) } catch let error as AMQPError where error.code == .notFound
      {
        return nil
      }
      if status.messageCount == 0, status.consumerCount == 0 { return nil }
      guard ContinuousClock.now < deadline else {
        return QueueLeftover(queue: queue, messages: status.messageCount, consumers: status.consumerCount)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func open() async throws -> AMQPConnection {
    if let connection, await connection.isOpen { return connection }
    let opened = try await AMQPConnection.open(address, .patient("SyRPC interop, inspector"), logger: logger)
    connection = opened
    return opened
  }
}
