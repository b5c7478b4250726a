internal import AMQP
public import Foundation
public import Logging
public import SyRPCWire

/// Puts requests, and gets results - its own or those whose id it was told.
///
/// Safe to share between tasks. Connections are opened when first needed; requests and results have one each, so that a
/// broker that blocks publishers does not hold up those who wait.
public final class SyRPCClient: Sendable {
  private let topology: Topology
  private let requests: Link<AMQPConnection>
  private let results: Link<ResultReader>

  /// A client. Opens no connection yet.
  public init(_ configuration: SyRPCConfiguration, logger: Logger = Logger(label: "syrpc.client")) {
    let topology = Topology(configuration.settings)
    self.topology = topology
    requests = Link(configuration, purpose: "requests", logger: logger) { connection in
      // Declared before the first publish: a request put before any server ever ran waits for one.
      try await connection.declare(topology.requestExchange)
      try await connection.declare(topology.requestQueue)
      try await connection.bind(topology.requestBinding)
      return connection
    }
    results = Link(configuration, purpose: "results", logger: logger) { connection in
      try await connection.declare(topology.resultExchange)
      return ResultReader(connection, topology, logger)
    }
  }

  /// Puts a request, and waits until the broker has confirmed it.
  ///
  /// - Parameters:
  ///   - type: the service, method or function asked for; white space around it is dropped.
  ///   - data: the argument.
  ///   - resultID: the id of the result; a new lower-case UUIDv4 by default, as the references make them.
  /// - Returns: the id under which any process can get the result.
  /// - Throws: ``SyRPCError``. With `unencodable` nothing was sent; with `timedOut` or `connectionLost` the request may
  ///   or may not have been put. `CancellationError` likewise.
  @discardableResult
  public func putRequest(
    type: String, data: JSON, resultID: String = UUID().uuidString.lowercased()
  ) async throws -> String {
    try await publicErrors {
      let body = try RequestMessage(resultID: resultID, type: type, data: data).encoded()
      let connection = try await requests.user()
      try await connection.publish(
        body, to: topology.requestExchange.name, routingKey: topology.requestBinding.routingKey)
      return resultID
    }
  }

  /// Waits for a result, whoever put the request.
  ///
  /// Results of others that come by are given back to their queue.
  ///
  /// - Parameters:
  ///   - resultID: the id that putting the request gave.
  ///   - timeout: how long to wait; nil for as long as it takes.
  /// - Returns: the server's answer. A server of this library whose handler failed answers `{"exception": "…"}`.
  /// - Throws: ``SyRPCError``: `timedOut` when the time has run out, `unreadableResult` if the result cannot be held;
  ///   and `CancellationError`.
  public func getResult(_ resultID: String, timeout: Duration? = nil) async throws -> JSON {
    let results = self.results
    return try await publicErrors {
      try await withTimeout(
        timeout, { SyRPCError(.timedOut, "no result for \(resultID) within \(timeout ?? .zero)") }
      ) { try await results.user().result(resultID) }
    }
  }

  /// Puts a request and waits for its result.
  ///
  /// - Parameters:
  ///   - type: the service, method or function asked for.
  ///   - data: the argument.
  ///   - timeout: how long to wait for the result, once the request is put; nil for as long as it takes.
  /// - Returns: the server's answer.
  /// - Throws: as ``putRequest(type:data:resultID:)`` and ``getResult(_:timeout:)``.
  public func call(type: String, data: JSON, timeout: Duration? = nil) async throws -> JSON {
    let resultID = try await putRequest(type: type, data: data)
    return try await getResult(resultID, timeout: timeout)
  }

  /// What a connection is for.
  public enum Purpose: Sendable, CaseIterable {
    case puttingRequests
    case gettingResults
  }

  /// Connects and declares what a client declares, ahead of the first use.
  ///
  /// - Parameter purposes: what this process is going to do; each has a connection.
  /// - Throws: ``SyRPCError``.
  public func connect(for purposes: Set<Purpose> = Set(Purpose.allCases)) async throws {
    try await publicErrors {
      if purposes.contains(.puttingRequests) { _ = try await requests.user() }
      if purposes.contains(.gettingResults) { _ = try await results.user() }
    }
  }

  /// Ends every wait with `closed`, and closes the connections in an orderly way. The client is of no use afterwards.
  public func close() async {
    await requests.close()
    await results.close { await $0.close() }
  }
}
