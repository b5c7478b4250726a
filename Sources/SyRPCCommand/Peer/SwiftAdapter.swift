import AMQP
import Foundation
import SyRPC
import Tracing

/// Answers the peer protocol's questions with the library, as any program that uses it would.
actor SwiftAdapter {
  private enum Opened {
    case client(SyRPCClient)
    case server(SyRPCServer)
  }

  private var opened: Opened?
  /// What messages carry, if the runner says so.
  private var context: ServiceContext?

  /// One line of answer to one line of question.
  func answer(_ line: String) async -> String {
    var id: JSON = nil
    do {
      let question: JSON
      do { question = try JSON(parsing: line.utf8) } catch {
        throw AdapterError(.invalid, "the line is not JSON: \(error)")
      }
      guard let number = question["id"], number.integerValue != nil else {
        throw AdapterError(.invalid, "the line has no \"id\"")
      }
      id = number
      guard let operation = question["op"]?.stringValue else { throw AdapterError(.invalid, "the line has no \"op\"") }
      var answer: JSONObject = ["id": id, "ok": true]
      let members = try await ServiceContext.withValue(context ?? .topLevel) {
        try await perform(operation, question)
      }
      for (key, value) in members { answer[key] = value }
      return JSON.object(answer).description
    } catch {
      let failure = AdapterError(error)
      printError("\(line.prefix(300)): \(failure.message)")
      let answer: JSON = [
        "id": id, "ok": false,
        "error": ["kind": .string(failure.kind.rawValue), "message": .string(failure.message)],
      ]
      return answer.description
    }
  }

  /// Closes what is open.
  func end() async { _ = try? await close() }

  private func perform(_ operation: String, _ question: JSON) async throws -> JSONObject {
    switch operation {
    case "hello": hello
    case "open": try await open(question)
    case "put_request": try await putRequest(question)
    case "get_result": try await getResult(question)
    case "serve": try await serve(question)
    case "close": try await close()
    default: throw AdapterError(.unsupported, "there is no operation \(operation)")
    }
  }

  private var hello: JSONObject {
    [
      "hello": [
        "implementation": .string("syrpc-swift \(Versions.syrpc)"), "runtime": .string(swiftRuntime),
        "libraries": ["librabbitmq": .string(Versions.librabbitmq), "jansson": .string(Versions.jansson)],
        "bridged": [], "golden": "swift", "features": ["put_request", "get_result", "serve", "result_id", "trace"],
        "location": .string(Bundle.main.executablePath ?? CommandLine.arguments[0]), "reference": false,
      ]
    ]
  }

  private func open(_ question: JSON) async throws -> JSONObject {
    guard opened == nil else { throw AdapterError(.invalid, "open already") }
    let configuration = try Self.configuration(question)
    context = question["trace"]?.stringValue.map(TraceParent.context)
    switch try question.text("role") {
    case "putter":
      let client = SyRPCClient(configuration)
      opened = .client(client)
      try await connecting { try await client.connect(for: [.requests]) }
    case "getter":
      let client = SyRPCClient(configuration)
      opened = .client(client)
      try await connecting { try await client.connect(for: [.results]) }
    case "server":
      let server = SyRPCServer(configuration)
      opened = .server(server)
      try await connecting { try await server.connect() }
    case let role: throw AdapterError(.invalid, "there is no role \(role)")
    }
    return [:]
  }

  private func connecting(_ connect: () async throws -> Void) async throws {
    do { try await connect() } catch {
      await end()
      throw error
    }
  }

  private static func configuration(_ question: JSON) throws -> SyRPCConfiguration {
    guard let broker = question["broker"], let settings = question["settings"],
      let port = broker["port"]?.integerValue
    else { throw AdapterError(.invalid, "open has no \"broker\" with a \"port\", or no \"settings\"") }
    let address = BrokerAddress(
      host: try broker.text("host"), port: Int(port), virtualHost: try broker.text("virtual_host"),
      user: try broker.text("user"), password: try broker.text("password"))
    func seconds(_ key: String, _ fallback: Duration) -> Duration {
      settings[key]?.integerValue.map { .seconds($0) } ?? fallback
    }
    return SyRPCConfiguration(
      settings: try SyRPCSettings(
        appName: try settings.text("app_name"), ttl: seconds("ttl", SyRPCSettings.defaultTTL),
        messageTTL: seconds("msg_ttl", SyRPCSettings.defaultMessageTTL),
        resultQueueCount: settings["num_queues"]?.integerValue.map { Int($0) } ?? SyRPCSettings.defaultResultQueueCount),
      broker: address)
  }

  private func client() throws -> SyRPCClient {
    guard case .client(let client) = opened else { throw AdapterError(.invalid, "not open as putter or getter") }
    return client
  }

  private func putRequest(_ question: JSON) async throws -> JSONObject {
    let client = try client()
    let data = try JSON(parsing: try question.text("payload").utf8)
    let type = try question.text("type")
    guard question["result_id"] != nil else {
      return ["result_id": .string(try await client.putRequest(type: type, data: data))]
    }
    let resultID = try question.text("result_id")
    return ["result_id": .string(try await client.putRequest(type: type, data: data, resultID: resultID))]
  }

  private func getResult(_ question: JSON) async throws -> JSONObject {
    let data = try await client().getResult(try question.text("result_id"), timeout: try question.timeout())
    return ["payload": .string(String(decoding: try data.encoded(), as: UTF8.self))]
  }

  private func serve(_ question: JSON) async throws -> JSONObject {
    guard case .server(let server) = opened else { throw AdapterError(.invalid, "not open as server") }
    guard let count = question["count"]?.integerValue, count > 0 else {
      throw AdapterError(.invalid, "serve has no \"count\" above 0")
    }
    let deadline = ContinuousClock.now + (try question.timeout())
    var requests: [JSON] = []
    for _ in 0..<count {
      let request = try await server.getRequest(timeout: ContinuousClock.now.duration(to: deadline))
      try await server.putResult(request.resultID, data: request.data)
      requests.append([
        "type": .string(request.type), "result_id": .string(request.resultID),
        "payload": .string(String(decoding: try request.data.encoded(), as: UTF8.self)),
      ])
    }
    return ["requests": .array(requests)]
  }

  private func close() async throws -> JSONObject {
    switch opened {
    case .client(let client): await client.close()
    case .server(let server): await server.close()
    case nil: break
    }
    opened = nil
    return [:]
  }
}

extension JSON {
  fileprivate func text(_ key: String) throws -> String {
    guard let text = self[key]?.stringValue else {
      throw AdapterError(.invalid, "\"\(key)\" is missing or is no string")
    }
    return text
  }

  fileprivate func timeout() throws -> Duration {
    guard let seconds = self["timeout"]?.doubleValue, seconds > 0, seconds < 1e6 else {
      throw AdapterError(.invalid, "\"timeout\" is missing or is no time in seconds")
    }
    return .milliseconds(Int64(seconds * 1000))
  }
}
