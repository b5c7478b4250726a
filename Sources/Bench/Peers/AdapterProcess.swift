internal import AMQP
internal import InteropModel
internal import InteropRunner
internal import InteropSupport
internal import SyRPCWire

/// A peer's adapter in its process, asked line by line (`interop/peers/README.rst`).
actor AdapterProcess {
  private let process: LineProcess
  private var lastID: Int64 = 0
  nonisolated var pid: Int32 { process.pid }

  init(_ name: String, _ command: PeerCommand, errors: String) async throws {
    var line = LineProcess.Command(name: name, executable: command.executable, arguments: command.arguments)
    line.environment = command.environment
    line.workingDirectory = command.folder
    line.standardErrorFile = errors
    line.standardErrorLimit = 1 << 20
    process = try await LineProcess.start(line)
  }

  /// - Throws: `PeerError`, `LineProcessError`, `CancellationError`.
  func ask(_ operation: String, _ members: JSONObject = [:]) async throws -> PeerAnswer {
    lastID += 1
    let id = lastID
    var question: JSONObject = ["id": .integer(id), "op": .string(operation)]
    for (key, value) in members { question[key] = value }
    try await process.send(String(decoding: try JSON.object(question).encoded(), as: UTF8.self))
    return try PeerAnswer(line: try await process.receive(within: .seconds(60)), id: id, operation: operation)
  }

  func open(_ role: String, _ broker: BrokerAddress, _ appName: String) async throws {
    _ = try await ask(
      "open",
      [
        "role": .string(role),
        "broker": [
          "host": .string(broker.host), "port": .integer(Int64(broker.port)),
          "virtual_host": .string(broker.virtualHost),
          "user": .string(broker.user), "password": .string(broker.password),
        ],
        "settings": ["app_name": .string(appName)],
      ])
  }

  /// What a question that it has to refuse takes, in nanoseconds.
  func refusal() async throws -> UInt64 {
    let start = ContinuousClock.now
    do { _ = try await ask("no-such-operation") } catch let error as PeerError where error.kind == .unsupported {
      return (.now - start).nanoseconds
    }
    throw BenchError("\(process.name) accepted an operation that does not exist")
  }

  /// Puts a request and gets its result.
  func call(_ payload: String) async throws {
    let id = try await ask("put_request", ["type": "echo", "payload": .string(payload)]).putID()
    let answer = try await ask("get_result", ["result_id": .string(id), "timeout": 20]).result()
    guard (try? JSON(parsing: answer.payload.utf8)) == (try? JSON(parsing: payload.utf8)) else {
      throw BenchError("\(process.name) gave another result than what was sent: \(answer.payload.prefix(80))")
    }
  }

  func serve(_ count: Int) async throws {
    _ = try await ask("serve", ["count": .integer(Int64(count)), "timeout": 40]).requests(count)
  }

  func end() async { await process.terminate() }
}
