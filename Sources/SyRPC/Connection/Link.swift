internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers

/// A connection that is opened when it is first needed, together with what works on it, and again when it was lost.
///
/// Brokers are tried in order, with a growing pause after each round. What can pass by itself is waited for as long as
/// somebody waits; what cannot - wrong credentials, say - is everybody's error at once.
actor Link<User: Sendable> {
  private final class Opened: Sendable {
    let connection: AMQPConnection
    let user: User
    let life: Life

    init(_ connection: AMQPConnection, _ user: User, _ life: Life) {
      self.connection = connection
      self.user = user
      self.life = life
    }
  }

  private enum State {
    case idle
    case connecting(Task<Void, Never>)
    case open(Opened)
    case closed
  }

  private struct Refusal {
    let error: any Error
    let until: Moment
  }

  private let configuration: SyRPCConfiguration
  private let purpose: ConnectionStateChange.Purpose
  private let context: LinkContext
  private let setUp: @Sendable (AMQPConnection) async throws -> User
  private var state = State.idle
  /// The connection that was opened last, while it lives, so that nobody has to wait for the link's turn to learn it.
  private nonisolated let last = NIOLockedValueBox<Opened?>(nil)
  /// Who waits for a connection: patiently, or for one round of attempts only.
  private var waiting: [Bool: WaitingRoom] = [:]
  private var backoff: Backoff
  private var firstBroker = 0
  /// What cannot pass by itself is not asked for again at once.
  private var refusal: Refusal?
  /// Why there is no connection, for those who wait in vain.
  nonisolated let trouble = Mailbox<AMQPError>()

  /// A link that opens nothing yet.
  ///
  /// - Parameters:
  ///   - configuration: where to connect, and how.
  ///   - purpose: what the broker's list of connections shows behind the name.
  ///   - context: who is told of what happens.
  ///   - setUp: declares what is needed, and makes the user of the connection.
  init(
    _ configuration: SyRPCConfiguration, purpose: ConnectionStateChange.Purpose, _ context: LinkContext,
    setUp: @escaping @Sendable (AMQPConnection) async throws -> User
  ) {
    self.configuration = configuration
    self.purpose = purpose
    self.context = context
    self.setUp = setUp
    backoff = Backoff(configuration.reconnectDelays)
  }

  // MARK: - Use

  /// Does something on the connection; and again on the next one, if this one fails it.
  ///
  /// - Throws: what `operation` throws and will not pass by itself; as ``user(patiently:)``.
  nonisolated func perform<Value: Sendable>(
    _ operation: @Sendable (User) async throws -> Value
  ) async throws -> Value {
    var pauses = self.pauses
    while true {
      do {
        let value: Value
        if let current {
          value = try await operation(current)
        } else {
          value = try await operation(try await user())
        }
        // What went wrong before is over; that the broker blocks is for the broker to take back.
        if trouble.value?.code != .blocked { trouble.clear() }
        return value
      } catch { try await pause(after: error, &pauses) }
    }
  }

  /// The user of a live connection, if there is one.
  nonisolated var current: User? { last.withLockedValue { $0?.user } }

  nonisolated var pauses: Backoff { Backoff(configuration.reconnectDelays) }

  /// Waits before something that failed is tried again.
  ///
  /// - Throws: the error, if it will not pass by itself; `CancellationError`.
  nonisolated func pause(after error: any Error, _ pauses: inout Backoff) async throws {
    guard let error = error as? AMQPError, error.isTransient else { throw error }
    note(error)
    // With the connection gone, the next one's pauses will do.
    if await isOpen {
      pauses.failed()
      try await Task.sleep(for: pauses.pause())
    }
  }

  /// Something failed, and is tried again.
  private nonisolated func note(_ error: AMQPError) {
    trouble.set(error)
    context.tally.count(.repetitions)
    context.logger.info("repeated after a failure", metadata: ["error": "\(error)", "of": "\(purpose)"])
  }

  /// Whether what could not be put at once on the ``current`` connection is to be put with patience.
  nonisolated func isToBeRepeated(_ error: any Error) -> Bool {
    guard let error = error as? AMQPError else { return error is NotNow }
    guard error.code != .unroutable else { return true }
    if error.isTransient { note(error) }
    return error.isTransient
  }

  private var isOpen: Bool { if case .open(let opened) = state { !opened.life.isOver } else { false } }

  /// The user of a live connection.
  ///
  /// - Parameter patiently: whether to wait for as many attempts as it takes, or for one round of them.
  /// - Returns: the one whose connection is open, or was when it was looked at.
  /// - Throws: ``AMQPError`` that will not pass by itself, or any after an impatient round; `SyRPCError` with `closed`;
  ///   `CancellationError`, upon which the attempt under way goes on for the next.
  func user(patiently: Bool = true) async throws -> User {
    while true {
      switch state {
      case .closed: throw SyRPCError.hasBeenClosed
      case .open(let opened):
        guard opened.life.isOver else { return opened.user }
        if opened.life.wasLong { backoff.reset() } else { backoff.failed() }
        state = .idle
      case .idle:
        if let refusal, Moment.now < refusal.until { throw refusal.error }
        state = .connecting(Task { await keepConnecting() })
      case .connecting:
        try await waitForConnection(patiently)
      }
    }
  }

  private func waitForConnection(_ patiently: Bool) async throws {
    let ticket = waiting[patiently, default: WaitingRoom()].ticket()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiting[patiently]?.enter(ticket, continuation)
        if Task.isCancelled { leave(ticket, patiently) }
      }
    } onCancel: {
      Task { await self.leave(ticket, patiently) }
    }
  }

  private func leave(_ ticket: Int, _ patiently: Bool) {
    waiting[patiently]?.leave(ticket, throwing: CancellationError())
  }

  private func leaveAll(throwing error: (any Error)? = nil) {
    for patiently in [true, false] { waiting[patiently]?.leave(throwing: error) }
  }

  // MARK: - Connecting

  private func keepConnecting() async {
    while waiting.values.contains(where: { !$0.isEmpty }) {
      try? await Task.sleep(for: backoff.pause())
      let round = await attemptEach()
      guard case .connecting = state else {
        if case .success(let opened) = round { await opened.connection.close() }
        return
      }
      switch round {
      case .success(let opened):
        refusal = nil
        trouble.clear()
        state = .open(opened)
        // It may have ended in the meantime.
        last.withLockedValue { $0 = opened.life.isOver ? nil : opened }
        leaveAll()
        return
      case .failure(let error):
        backoff.failed()
        guard let amqp = error as? AMQPError, amqp.isTransient else {
          refusal = Refusal(error: error, until: .now + backoff.pause())
          state = .idle
          leaveAll(throwing: error)
          return
        }
        waiting[false]?.leave(throwing: error)
      }
    }
    // It may have been closed before this began.
    if case .connecting = state { state = .idle }
  }

  /// One attempt with each broker, until one succeeds. Of several failures the one that will not pass by itself counts.
  private func attemptEach() async -> Result<Opened, any Error> {
    var failure: any Error = AMQPError(.unreachable, "no broker is configured")
    let brokers = configuration.brokers
    for index in brokers.indices.map({ (firstBroker + $0) % brokers.count }) {
      guard !Task.isCancelled else { return .failure(SyRPCError.hasBeenClosed) }
      do {
        let opened = try await open(brokers[index])
        // If it is lost, its broker is the last to be asked again.
        firstBroker = (index + 1) % brokers.count
        return .success(opened)
      } catch {
        report(error, brokers[index])
        if (failure as? AMQPError)?.isTransient != false { failure = error }
      }
    }
    return .failure(failure)
  }

  private func open(_ broker: BrokerAddress) async throws -> Opened {
    let (life, monitor, purpose, trouble) = (Life(), context.monitor, purpose, trouble)
    var options = configuration.connectionOptions
    options.name += ", \(purpose)"
    // The connection keeps this, and the link the connection.
    options.observe = { [weak self] event in
      switch event {
      case .blocked(let reason):
        // Whoever waits it out in vain is told why.
        trouble.set(AMQPError(.blocked, "the broker blocks publishers: \(reason)"))
        monitor.tell(purpose, .blocked(reason: reason))
      case .unblocked:
        trouble.clear()
        monitor.tell(purpose, .connected(broker: broker.place))
      case .ended(let error):
        life.finish()
        self?.last.withLockedValue { if $0?.life === life { $0 = nil } }
        // While it is set up, whoever sets it up gets the error and tells.
        if error.code != .closed { monitor.tell(purpose, .disconnected(SyRPCError(error))) }
      }
    }
    monitor.tell(purpose, .connecting(broker: broker.place))
    let connection = try await AMQPConnection.open(broker, options, logger: context.logger)
    do {
      let user = try await setUp(connection)
      context.tally.count(.connections)
      monitor.tell(purpose, .connected(broker: broker.place))
      return Opened(connection, user, life)
    } catch {
      await connection.close()
      throw error
    }
  }

  private func report(_ error: any Error, _ broker: BrokerAddress) {
    if let error = error as? AMQPError { trouble.set(error) }
    context.logger.warning(
      "cannot connect", metadata: ["broker": "\(broker.place)", "of": "\(purpose)", "error": "\(error)"])
  }

  // MARK: - The end

  /// Closes the connection, if there is one, and lets none be opened again.
  ///
  /// - Parameters:
  ///   - timeout: when to leave the rest to the connection's own timeouts.
  ///   - farewell: what its user does before.
  func close(within timeout: Duration, _ farewell: @escaping @Sendable (User) async -> Void = { _ in })
    async
  {
    let before = state
    state = .closed
    last.withLockedValue { $0 = nil }
    leaveAll(throwing: SyRPCError.hasBeenClosed)
    switch before {
    case .closed: return
    case .idle: break
    case .connecting(let task): task.cancel()
    case .open(let opened):
      // On a task of its own: a broker that does not answer holds up the connection's thread, but not the caller.
      await waitFor(
        Task {
          await farewell(opened.user)
          await opened.connection.close()
        }, noLongerThan: timeout)
    }
    context.monitor.tell(purpose, .closed)
  }
}

extension Link {
  /// The error of something that could not be done in time: the trouble there is, if there is any.
  nonisolated func timedOut(_ message: String) -> SyRPCError {
    guard let trouble = trouble.value.map({ SyRPCError($0) }) else { return SyRPCError(.timedOut, message) }
    return SyRPCError(
      trouble.code, "\(message): \(trouble.message)", brokerReplyCode: trouble.brokerReplyCode)
  }

  /// The error of a wait that its caller has limited; with the trouble, if there is any.
  nonisolated func waitedInVain(_ message: String) -> SyRPCError {
    SyRPCError(.timedOut, trouble.value.map { "\(message): \($0)" } ?? message)
  }
}

/// Who is told of what happens to a link.
struct LinkContext: Sendable {
  let logger: Logger
  let tally: Tally
  let monitor: ConnectionMonitor
}
