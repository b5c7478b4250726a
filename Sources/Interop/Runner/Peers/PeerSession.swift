internal import AMQP
package import InteropModel
package import InteropSupport
internal import SyRPCWire
internal import WireTap

/// A running adapter, spoken to by the peer protocol (`interop/peers/README.rst`).
///
/// One question at a time. After the first breach of the protocol the session is broken, and every further question
/// fails with the same error: the process must be replaced.
package actor PeerSession {
  package nonisolated let peer: String
  package nonisolated let identity: PeerIdentity
  /// The file that takes its standard error.
  nonisolated let log: String

  private let channel: Channel
  private var cells = 0

  private init(peer: String, identity: PeerIdentity, log: String, channel: Channel) {
    self.peer = peer
    self.identity = identity
    self.log = log
    self.channel = channel
  }

  /// Starts the adapter, asks who it is, and probes it with an operation that does not exist.
  ///
  /// - Parameters:
  ///   - peer: its name.
  ///   - command: how it is started.
  ///   - log: the file that takes its standard error, up to ``longestLog``.
  ///   - folder: the run's folder, where the process is noted.
  ///   - known: what it said of itself before, and has to say again; nil if it has not been asked yet.
  /// - Returns: the session, of which the first two questions are answered.
  /// - Throws: ``PeerError``.
  package static func start(
    peer: String, _ command: PeerCommand, log: String, in folder: RunFolder?, as known: PeerIdentity? = nil
  ) async throws -> PeerSession {
    let channel = try await Channel(peer: peer, command, log: log, in: folder)
    do {
      let identity = try await channel.ask("hello", [:], within: patience) { answer throws(PeerError) in
        try answer.identity()
      }
      if let difference = known.flatMap(identity.difference) {
        throw PeerError(.broken, "it is not what it was at the start of the run: \(difference)")
      }
      // An adapter that answers everything with "ok" would make every cell green.
      try await channel.askWhatDoesNotExist()
      return PeerSession(peer: peer, identity: identity, log: log, channel: channel)
    } catch {
      await channel.terminate()
      throw error
    }
  }

  /// How long an adapter may take to start and to say who it is.
  static let patience = Duration.seconds(30)
  /// How much of an adapter's standard error is kept, in bytes.
  static let longestLog = 8 << 20

  /// Sees to it that all that the adapter has logged until now is in its log.
  nonisolated func settleLog() { channel.settleLog() }

  /// Whether the session can still be used.
  package var isBroken: Bool { get async { await channel.failure != nil } }

  /// Notes that a cell begins.
  ///
  /// - Returns: how many it had made before.
  func beginCell() -> Int {
    defer { cells += 1 }
    return cells
  }

  /// Opens a fresh connection.
  ///
  /// - Throws: ``PeerError``.
  package func open(_ role: Role, _ parameters: OpenParameters) async throws {
    var members = parameters.members(role)
    if let trace = parameters.scenario.trace, identity.features.contains(Scenario.traceFeature) {
      members["trace"] = .string(trace)
    }
    try await channel.ask("open", members, within: .seconds(30))
  }

  /// Puts a request; gives its result id.
  ///
  /// - Parameters:
  ///   - type: the request's type.
  ///   - payload: its data as JSON text.
  ///   - resultID: the id to use, of a peer with the feature `result_id`; nil to let the peer choose.
  /// - Returns: the id that it has.
  /// - Throws: ``PeerError``.
  package func putRequest(type: String, payload: String, resultID: String? = nil) async throws -> String {
    var question: JSONObject = ["type": .string(type), "payload": .string(payload)]
    question["result_id"] = resultID.map(JSON.string)
    let id = try await channel.ask("put_request", question, within: .seconds(30)) { answer throws(PeerError) in
      try answer.putID()
    }
    if let resultID, id != resultID { throw PeerError(.failed, "told to use the id \(resultID), it used \(id)") }
    return id
  }

  /// Waits for a result; gives its data as JSON text.
  ///
  /// - Parameters:
  ///   - resultID: whose result.
  ///   - timeout: how long the adapter is to wait.
  ///   - grace: how long beyond that the answer may take, before the adapter counts as broken.
  /// - Returns: the data.
  /// - Throws: ``PeerError``; of kind `timeout` if the adapter says that nothing came.
  package func getResult(
    _ resultID: String, timeout: Duration, grace: Duration = .seconds(30)
  ) async throws -> String {
    let result = try await channel.ask(
      "get_result", ["result_id": .string(resultID), "timeout": .seconds(timeout)], within: timeout + grace
    ) { answer throws(PeerError) in try answer.result() }
    if let returned = result.resultID, returned != resultID {
      throw PeerError(.failed, "asked for the result \(resultID), it returned \(returned)")
    }
    return result.payload
  }

  /// Answers `count` requests with their own data.
  ///
  /// - Throws: ``PeerError``; of kind `timeout` if fewer came.
  package func serve(count: Int, timeout: Duration) async throws -> [SeenRequest] {
    try await channel.ask(
      "serve", ["count": .integer(Int64(count)), "timeout": .seconds(timeout)], within: timeout + .seconds(30)
    ) { answer throws(PeerError) in try answer.requests(count) }
  }

  /// Closes the connection.
  ///
  /// - Throws: ``PeerError``.
  package func close() async throws {
    try await channel.ask("close", [:], within: .seconds(30))
    // An answer too many shows now, and not in the next cell, which has nothing to do with it.
    try await channel.askWhatDoesNotExist()
  }

  /// Ends the adapter, gracefully if it can be; with less patience where the task is cancelled.
  package func terminate() async {
    await channel.terminate(grace: Task.isCancelled ? .milliseconds(500) : .seconds(2))
  }
}

/// What an adapter is told to connect to.
package struct OpenParameters: Sendable {
  package var host: String
  package var port: Int
  package var virtualHost: String
  package var user: String
  package var password: String
  package var appName: String
  package var scenario: Scenario

  /// Through a tap, as the broker's own user.
  init(_ tap: Tap, _ address: BrokerAddress, appName: String, scenario: Scenario) {
    host = tap.host
    port = tap.port
    virtualHost = address.virtualHost
    user = address.user
    password = address.password
    self.appName = appName
    self.scenario = scenario
  }

  fileprivate func members(_ role: Role) -> JSONObject {
    var settings: JSONObject = ["app_name": .string(appName)]
    settings["ttl"] = scenario.ttl.map { .integer(Int64($0)) }
    settings["msg_ttl"] = scenario.messageTTL.map { .integer(Int64($0)) }
    settings["num_queues"] = scenario.resultQueueCount.map { .integer(Int64($0)) }
    return [
      "role": .string(role.rawValue),
      "broker": [
        "host": .string(host), "port": .integer(Int64(port)), "virtual_host": .string(virtualHost),
        "user": .string(user), "password": .string(password),
      ],
      "settings": .object(settings),
    ]
  }
}

extension JSON {
  /// Seconds, as an integer where they are whole.
  fileprivate static func seconds(_ duration: Duration) -> JSON {
    let (seconds, attoseconds) = duration.components
    return attoseconds == 0 ? .integer(seconds) : .real(Double(seconds) + Double(attoseconds) / 1e18)
  }
}

/// Questions and answers over a process's lines.
private actor Channel {
  private let process: LineProcess
  private let log: String
  private var nextID: Int64 = 1
  private(set) var failure: PeerError?

  init(peer: String, _ command: PeerCommand, log: String, in folder: RunFolder?) async throws {
    var line = LineProcess.Command(name: peer, executable: command.executable, arguments: command.arguments)
    line.environment = command.environment
    line.workingDirectory = command.folder
    self.log = log
    line.standardErrorFile = log
    line.standardErrorLimit = PeerSession.longestLog
    do { process = try await LineProcess.start(line, notedIn: folder) } catch {
      throw PeerError(.broken, "\(error)")
    }
  }

  func ask(_ operation: String, _ members: JSONObject, within limit: Duration) async throws {
    try await ask(operation, members, within: limit) { _ in }
  }

  /// Asks, and reads the answer; after one that does not keep to the protocol, nothing more is asked.
  func ask<Value: Sendable>(
    _ operation: String, _ members: JSONObject, within limit: Duration,
    _ read: @Sendable (PeerAnswer) throws(PeerError) -> Value
  ) async throws -> Value {
    if let failure { throw failure }
    let id = nextID
    nextID += 1
    var question: JSONObject = ["id": .integer(id), "op": .string(operation)]
    for (key, value) in members { question[key] = value }

    let logged = Files.size(log)
    let line: String
    do {
      try await process.send(String(decoding: try JSON.object(question).encoded(), as: UTF8.self), within: limit)
      line = try await process.receive(within: limit)
    } catch {
      process.settleErrors()
      let words = LastWords.read(log, from: logged).map { ": \($0)" } ?? ""
      throw noted(PeerError(.broken, "asked for \(operation): \(error)\(words)"))
    }
    do throws(PeerError) {
      return try read(try PeerAnswer(line: line, id: id, operation: operation))
    } catch {
      throw noted(error)
    }
  }

  /// Asks for something that every adapter has to refuse.
  func askWhatDoesNotExist() async throws {
    do {
      try await ask("no-such-operation", [:], within: .seconds(30))
      throw noted(PeerError(.broken, "it accepted an operation that does not exist"))
    } catch let error as PeerError where error.kind == .unsupported {}
  }

  private func noted(_ error: PeerError) -> PeerError {
    if error.kind == .broken { failure = failure ?? error }
    return error
  }

  nonisolated func settleLog() { process.settleErrors() }

  func terminate(grace: Duration = .seconds(2)) async { await process.terminate(grace: grace) }
}
