package import InteropSupport

/// A RabbitMQ node for this process alone, on the loopback interface, with nothing of it left afterwards.
///
/// Any user can run one; several at once do not disturb each other. It ends, and its folder is removed, with ``stop()``
/// and also when this process ends without it, by a signal or a crash: see ``ProcessGuard`` and ``RunFolder``.
package final class PrivateBroker: Sendable {
  /// Tells whether a broker at a host and port completes an AMQP handshake. It must give up within seconds.
  package typealias Probe = @Sendable (_ host: String, _ port: UInt16) async -> Bool

  package let host = "127.0.0.1"
  package let port: UInt16
  /// For AMQP with TLS, if the settings ask for it.
  package var tlsPort: UInt16 { node.ports.tls }
  package let user = "guest"
  package let password = "guest"
  /// RabbitMQ's version, if its path tells.
  package let version: String?
  /// Where the node's files are, and where its processes are noted. Removed with the broker.
  package let folder: RunFolder

  let node: PrivateNode
  let keeper: ProcessGuard
  /// Held so that nobody else is given them.
  private let ports: [LoopbackPort]

  /// Starts a node and waits until it is ready, which takes about 5 s.
  ///
  /// - Parameters:
  ///   - installation: Nil to look for RabbitMQ.
  ///   - state: Where the run's folder goes; nil for the user's.
  ///   - settings: More lines for rabbitmq.conf; `{tls-port}` stands for ``tlsPort``.
  ///   - plugins: To be enabled.
  ///   - member: A node whose cluster the new one joins; nil for none. It must outlive the new one, which uses its epmd.
  ///   - limit: How long one attempt may take.
  ///   - isReady: The probe.
  /// - Returns: The broker, ready for connections.
  /// - Throws: ``BrokerError``; ``RunFolderError``; ``LineProcessError`` if not even a shell starts;
  ///   `CancellationError`; a system error if its files cannot be written.
  package static func start(
    _ installation: RabbitMQInstallation? = nil, in state: StateFolder? = nil, settings: String = "",
    plugins: [String] = [], joining member: PrivateBroker? = nil, within limit: Duration = .seconds(120),
    isReady: @escaping Probe
  ) async throws -> PrivateBroker {
    let installation = try installation ?? .find()
    let state = try state ?? StateFolder()
    try PrivateNode.checkFolder(state.path)
    func attempt() async throws -> PrivateBroker {
      try await Self.attempt(
        installation, in: state, settings: settings, plugins: plugins, joining: member, within: limit,
        isReady: isReady)
    }
    // Where ports cannot be held, somebody else may be faster than the node.
    for _ in 1..<3 {
      do { return try await attempt() } catch let error as BrokerError where error.code == .portTaken { continue }
    }
    return try await attempt()
  }

  private static func attempt(
    _ installation: RabbitMQInstallation, in state: StateFolder, settings: String, plugins: [String],
    joining member: PrivateBroker?, within limit: Duration, isReady: @escaping Probe
  ) async throws -> PrivateBroker {
    let folder = try await RunFolder.create(in: state)
    do {
      let ports = try (0..<4).map { _ in try LoopbackPort() }
      let node = try PrivateNode(
        installation, folder: folder,
        ports: .init(
          amqp: ports[0].number, distribution: ports[1].number, mapper: member?.node.ports.mapper ?? ports[2].number,
          tls: ports[3].number),
        settings: settings, plugins: plugins, joining: member?.node)
      let keeper = try await ProcessGuard.start(for: folder, environment: node.environment)
      let broker = PrivateBroker(
        version: installation.version, folder: folder, node: node, keeper: keeper, ports: ports)
      do {
        if member == nil { try await keeper.run("epmd", node.mapperCommand, log: node.mapperLog) }
        try await broker.startNode(by: .now + limit, isReady: isReady)
        return broker
      } catch {
        let explained = broker.explain(error, limit)
        await keeper.stop()
        throw explained
      }
    } catch {
      // The guard has removed it, if there was one.
      try? folder.remove()
      throw error
    }
  }

  private init(
    version: String?, folder: RunFolder, node: PrivateNode, keeper: ProcessGuard, ports: [LoopbackPort]
  ) {
    port = node.ports.amqp
    self.version = version
    self.folder = folder
    self.node = node
    self.keeper = keeper
    self.ports = ports
  }

  /// Waits until the node ends by itself, which it should not, and tells what happened.
  ///
  /// Only one task may wait.
  /// - Throws: `CancellationError`, and ``LineProcessError`` after ``stop()``.
  package func waitForEnd() async throws -> BrokerError {
    let end = try await keeper.nextEnd { $0 != Self.controlName }
    return BrokerError(code: .ended, message: report("RabbitMQ has ended: \(end.description)"))
  }

  /// The last lines of the node's log.
  package func logTail(lines: Int = 20) -> [String] { node.logLines.suffix(lines) }

  /// Ends the node and removes its folder. It may be called again.
  package func stop() async {
    await keeper.stop()
    // The guard has done so, unless it was killed.
    for process in folder.processes { process.killGroup() }
    try? folder.remove()
  }

  // MARK: Start

  /// What the node's process is noted as.
  static let nodeName = "rabbitmq-server"
  /// What `rabbitmqctl` is noted as.
  static let controlName = "rabbitmqctl"

  /// The node is being started, and the time is over.
  private struct TooLate: Error {}

  func startNode(by deadline: ContinuousClock.Instant, isReady: @escaping Probe) async throws {
    try await keeper.run(Self.nodeName, node.command, log: node.log)
    let ready: Void? = try await within(deadline) { [self] in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        defer { tasks.cancelAll() }
        tasks.addTask { [self] in throw try await keeper.nextEnd() }
        tasks.addTask { [self] in
          // Nothing tells when a foreign program listens; it can only be asked.
          while !(await isReady(host, port)) { try await Task.sleep(for: .milliseconds(100)) }
        }
        try await tasks.next()
      }
    }
    if ready == nil { throw TooLate() }
  }

  func explain(_ error: any Error, _ limit: Duration) -> any Error {
    switch error {
    case let ended as ProcessGuard.Ended:
      return BrokerError(
        code: lostPort(ended) ? .portTaken : .ended,
        message: report("RabbitMQ did not start: \(ended.description)"))
    case is TooLate:
      return BrokerError(
        code: .notReady, message: report("RabbitMQ was started, but did not speak AMQP within \(limit)"))
    default:
      return error
    }
  }

  /// Whether a port was taken before the node had it, as far as RabbitMQ 3.10 tells. An epmd that finds one at its port
  /// is content, and leaves without a word.
  private func lostPort(_ ended: ProcessGuard.Ended) -> Bool {
    (ended.name == "epmd" && ended.status == 0)
      || node.logLines.contains { $0.contains("eaddrinuse") || $0.contains("in use by another process") }
  }

  private func report(_ summary: String) -> String {
    ([summary, "From its log:"] + LogExcerpt.lines(of: node.logLines).map { "  \($0)" }).joined(separator: "\n")
  }
}
