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

  private let configuration: SyRPCConfiguration
  private let purpose: String
  private let logger: Logger
  private let setUp: @Sendable (AMQPConnection) async throws -> User
  private var opened: Task<Opened, any Error>?
  private var isClosed = false

  /// - Parameters:
  ///   - purpose: what the broker's list of connections shows behind the name.
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
  /// - Throws: ``AMQPError`` of the opening; `SyRPCError` with `closed`.
  func user() async throws -> User {
    while !isClosed {
      let task = opened ?? open()
      let result = await task.result
      if case .success(let opened) = result, await opened.connection.isOpen { return opened.user }
      // Only the first to notice makes room for the next attempt.
      if opened == task { opened = nil }
      if case .failure(let error) = result { throw error }
    }
    throw SyRPCError(.closed, "this client or server has been closed")
  }

  private func open() -> Task<Opened, any Error> {
    var options = configuration.connectionOptions
    options.name += ", \(purpose)"
    let task = Task { [options, configuration, logger, setUp] in
      let connection = try await AMQPConnection.open(configuration.broker, options, logger: logger)
      do {
        return Opened(connection: connection, user: try await setUp(connection))
      } catch {
        await connection.close()
        throw error
      }
    }
    opened = task
    return task
  }

  /// Closes the connection, if there is one, and lets none be opened again.
  func close(_ farewell: @Sendable (User) async -> Void = { _ in }) async {
    isClosed = true
    guard let opened = try? await opened?.value else { return }
    await farewell(opened.user)
    await opened.connection.close()
  }
}
