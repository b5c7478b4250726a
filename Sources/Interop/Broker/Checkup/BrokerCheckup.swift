package import AMQP
internal import Logging
internal import SyRPCWire

/// Looks at a broker as whoever runs SyRPC on it wants to know it: over AMQP alone, with the user's own permissions.
///
/// It declares exchanges and queues of an application of its own, and deletes them again; a queue that could not be deleted
/// goes by itself after a minute.
package struct BrokerCheckup: Sendable {
  /// One thing that was looked at.
  package struct Finding: Sendable, Hashable {
    /// What was looked at, such as `version`.
    package let subject: String
    /// What it is like.
    package let found: String
    /// What that means for SyRPC.
    package let meaning: String
    /// Whether SyRPC cannot work like this.
    package var isProblem = false

    package init(_ subject: String, _ found: String, _ meaning: String, isProblem: Bool = false) {
      self.subject = subject
      self.found = found
      self.meaning = meaning
      self.isProblem = isProblem
    }
  }

  let address: BrokerAddress
  let appName: String
  let topology: Topology

  /// - Parameters:
  ///   - address: the broker, and as whom to look at it.
  ///   - appName: what the names of the exchanges and queues begin with: a user may have permissions for some names only.
  /// - Throws: `SettingsError` if that can be no application's name.
  package init(_ address: BrokerAddress, appName: String) throws {
    self.address = address
    self.appName = appName
    let unique = String(UInt32.random(in: .min ... .max), radix: 36)
    topology = Topology(
      try SyRPCSettings(
        appName: "\(appName)_doctor_\(unique)", ttl: .seconds(60), messageTTL: .seconds(30), resultQueueCount: 1))
  }

  /// Looks at everything; what an earlier finding rules out is left out.
  ///
  /// - Throws: `AMQPError` if the broker lets nobody in; `CancellationError`.
  package func findings() async throws -> [Finding] {
    let started = ContinuousClock.now
    let connection = try await connect()
    let took = started.duration(to: .now)
    let (broker, frameMax) = await (connection.broker, connection.frameMax)
    await connection.close()
    let version = BrokerVersion(broker)

    var findings = [version.finding, Self.accepting(took), Self.frames(frameMax)]
    let permissions = try await self.permissions()
    findings += permissions
    if !permissions.contains(where: \.isProblem) {
      let type = try await queueType()
      findings.append(type.finding)
      if type == .quorum { findings.append(try await deliveryLimit()) }
      findings.append(try await messageSize())
    }
    findings.append(version.consumerTimeout)
    return findings
  }

  // MARK: - The connection

  /// From here on the pause is one that clients with short timeouts notice.
  private static let slow = Duration.seconds(1)

  private static func accepting(_ took: Duration) -> Finding {
    let milliseconds = "\(Int(took / .milliseconds(1))) ms"
    return took < slow
      ? Finding("connecting", milliseconds, "every connection costs that once")
      : Finding(
        "connecting", milliseconds,
        "slow; php-amqplib gives up after 3 s. A broker whose own host name does not resolve takes 5 s")
  }

  private static func frames(_ size: Int?) -> Finding {
    let size = size ?? 0
    return Finding(
      "frame size", size == 0 ? "no limit" : "\(size) bytes",
      "larger messages come in several frames. From RabbitMQ 4.1 on a client that asks for less than 8192 is refused: the "
        + "Node reference asks for 4096")
  }

  /// A connection whose exceptions end nothing else.
  func connect() async throws -> AMQPConnection {
    var options = ConnectionOptions(name: "SyRPC doctor")
    options.whenBlocked = .fail
    return try await AMQPConnection.open(address, options, logger: Logger(label: "syrpc.doctor"))
  }

  /// Does something on a connection of its own.
  ///
  /// - Returns: what the broker objected to; nil if it did not.
  func objection(_ act: (AMQPConnection) async throws -> Void) async throws -> AMQPError? {
    let connection = try await connect()
    do {
      try await act(connection)
      await connection.close()
      return nil
    } catch let error as AMQPError {
      await connection.close()
      return error
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Deletes what was declared; what is not there is no error, and what cannot be deleted goes by itself.
  func tidyUp(queues: [String], exchanges: [String] = []) async {
    _ = try? await objection { connection in
      for queue in queues { try await connection.deleteQueue(queue) }
      for exchange in exchanges { try await connection.deleteExchange(exchange) }
    }
  }
}
