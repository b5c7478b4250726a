package import AMQP
internal import InteropSupport
internal import Logging

/// Notices when the broker that a run uses is gone, so that the run ends, and nobody is blamed for it.
package actor BrokerWatch {
  private let address: BrokerAddress
  private var changes = ChangeSignal()

  /// How it ended; nil as long as it lives.
  package private(set) var end: BrokerError?

  package init(_ address: BrokerAddress) { self.address = address }

  /// Runs `body` as long as the broker lives.
  ///
  /// - Parameters:
  ///   - waitForEnd: returns when the broker has ended; cancelled when `body` has.
  ///   - body: what to run; cancelled, and waited for, when the broker has ended.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; ``BrokerError`` with the code `ended` when the broker has ended.
  package func run<Value: Sendable>(
    until waitForEnd: @escaping @Sendable () async throws -> BrokerError,
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { tasks in
      defer { tasks.cancelAll() }
      tasks.addTask { try await body() }
      tasks.addTask { [self] in
        do { await note(try await waitForEnd()) } catch {
          if !Task.isCancelled { await note(BrokerError(code: .ended, message: "the broker has ended: \(error)")) }
        }
        return nil
      }
      while let finished = try await tasks.next() {
        if let finished { return finished }
        guard let end else { continue }
        tasks.cancelAll()
        while let late = try? await tasks.next() { _ = late }
        throw end
      }
      throw CancellationError()
    }
  }

  /// Waits until a broker that somebody else runs is gone: a connection to it is held until it breaks.
  ///
  /// - Throws: `CancellationError`.
  package func waitForEndOfConnection() async throws -> BrokerError {
    let (ends, ending) = AsyncStream<AMQPError>.makeStream()
    var options = ConnectionOptions(name: "SyRPC interop, watch")
    options.observe = { event in if case .ended(let error) = event { ending.yield(error) } }
    do {
      let connection = try await AMQPConnection.open(address, options, logger: Logger(label: "syrpc.interop"))
      var reason: AMQPError?
      for await error in ends {
        reason = error
        break
      }
      await connection.close()
      try Task.checkCancellation()
      return BrokerError(
        code: .ended, message: "\(about) has ended the harness's own connection: \(reason.map { "\($0)" } ?? "closed")")
    } catch let error as AMQPError {
      try Task.checkCancellation()
      return BrokerError(code: .ended, message: "\(about) cannot be reached any longer: \(error)")
    }
  }

  /// Asks whether the broker is still there: what fails because it is not is no peer's failure.
  ///
  /// - Throws: ``BrokerError`` with the code `ended` if it is not; `CancellationError`.
  package func check() async throws {
    // A broker that has much to do may be late once; one that is gone refuses at once.
    for _ in 1...3 {
      if let end { throw end }
      if await PrivateBroker.completesHandshake(address) { return }
      try Task.checkCancellation()
    }
    // Whoever waits for its end knows more than that, and says so in a moment.
    let next = changes.next()
    _ = try await within(.now + .seconds(2)) { for await _ in next {} }
    try Task.checkCancellation()
    throw end ?? BrokerError(code: .ended, message: "\(about) does not complete a handshake any longer")
  }

  private var about: String { "the broker at \(address.host):\(address.port)" }

  private func note(_ error: BrokerError) {
    end = end ?? error
    changes.send()
  }
}
