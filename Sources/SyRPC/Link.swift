internal import AMQP
internal import Logging

/// A connection that is opened when it is first needed, together with what works on it.
///
/// After a failure the next use opens another one.
actor Link<User: Sendable> {
  private struct Opened: Sendable {
    let connection: AMQPConnection
    let user: User
  }

  private enum State {
    case idle
    case opening(Task<Opened, any Error>)
    case open(Opened)
    case closed
  }

  private let configuration: SyRPCConfiguration
  private let purpose: String
  private let logger: Logger
  private let setUp: @Sendable (AMQPConnection) async throws -> User
  private var state = State.idle

  /// A link that opens nothing yet.
  ///
  /// - Parameters:
  ///   - configuration: where to connect, and how.
  ///   - purpose: what the broker's list of connections shows behind the name.
  ///   - logger: of the connection.
  ///   - setUp: declares what is needed, and makes the user of the connection.
  init(
    _ configuration: SyRPCConfiguration, purpose: String, logger: Logger,
    setUp: @escaping @Sendable (AMQPConnection) async throws -> User
  ) {
    self.configuration = configuration
    self.purpose = purpose
    self.logger = logger
    self.setUp = setUp
  }

  /// The user of a live connection.
  ///
  /// - Throws: ``AMQPError`` of the opening; `SyRPCError` with `closed`; `CancellationError`, upon which the opening goes
  ///   on for the next.
  func user() async throws -> User {
    while true {
      switch state {
      case .closed:
        throw SyRPCError(.closed, "this client or server has been closed")
      case .open(let opened):
        if await opened.connection.isOpen { return opened.user }
        // Only the first to notice makes room for the next attempt.
        if case .open(let current) = state, current.connection === opened.connection { state = .idle }
      case .idle:
        state = .opening(open())
      case .opening(let task):
        let result = try await outcome(of: task)
        if case .opening(task) = state {
          state = if case .success(let opened) = result { .open(opened) } else { .idle }
        }
        if case .failure(let error) = result { throw error }
      }
    }
  }

  /// Waits for a task, but no longer than the waiting task is wanted: connecting takes its time, and timeouts are
  /// cancellations.
  private func outcome(of task: Task<Opened, any Error>) async throws -> Result<Opened, any Error> {
    let (results, sink) = AsyncStream<Result<Opened, any Error>>.makeStream()
    Task {
      sink.yield(await task.result)
      sink.finish()
    }
    for await result in results { return result }
    throw CancellationError()
  }

  private func open() -> Task<Opened, any Error> {
    var options = configuration.connectionOptions
    options.name += ", \(purpose)"
    return Task { [options, configuration, logger, setUp] in
      let connection = try await AMQPConnection.open(configuration.broker, options, logger: logger)
      do {
        return Opened(connection: connection, user: try await setUp(connection))
      } catch {
        await connection.close()
        throw error
      }
    }
  }

  /// Closes the connection, if there is one, and lets none be opened again.
  func close(_ farewell: @Sendable (User) async -> Void = { _ in }) async {
    let last = state
    state = .closed
    switch last {
    case .idle, .closed: return
    case .open(let opened): await close(opened, farewell)
    case .opening(let task): if let opened = try? await task.value { await close(opened, farewell) }
    }
  }

  private func close(_ opened: Opened, _ farewell: @Sendable (User) async -> Void) async {
    await farewell(opened.user)
    await opened.connection.close()
  }
}
