import AMQP
import ArgumentParser
import SyRPC

/// The options of the commands that are a client or a server.
struct ApplicationOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The broker.", valueName: "amqp://user:password@host:port/vhost"))
  var broker = "amqp://localhost"

  @Option(name: .customLong("app"), help: "The application's name (app_name).")
  var appName: String

  @Option(name: .long, help: "How long an idle result queue is kept, in seconds (amq_ttl).")
  var ttl = 10800

  @Option(name: .customLong("message-ttl"), help: "How long a result waits, in seconds (amq_msg_ttl).")
  var messageTTL = 10

  @Option(name: .long, help: "The number of result queues (amq_num_queues).")
  var queues = 64

  /// - Throws: `SettingsError`, `BrokerAddressError`.
  func configuration() throws -> SyRPCConfiguration {
    SyRPCConfiguration(
      settings: try SyRPCSettings(
        appName: appName, ttl: .seconds(ttl), messageTTL: .seconds(messageTTL), resultQueueCount: queues),
      broker: try BrokerAddress(url: broker))
  }
}

/// A payload given as JSON text on the command line or on standard input.
struct PayloadArgument: ParsableArguments {
  @Argument(help: "The payload as JSON text; - reads it from standard input.")
  var payload: String

  /// - Throws: `ValidationError` that says where the JSON breaks.
  func value() throws -> JSON {
    let text: [UInt8] = payload == "-" ? standardInput() : Array(payload.utf8)
    do { return try JSON(parsing: text) } catch { throw ValidationError("the payload is not JSON: \(error)") }
  }

  private func standardInput() -> [UInt8] {
    var text: [UInt8] = []
    while let line = readLine(strippingNewline: false) { text += line.utf8 }
    return text
  }
}

/// How long to wait.
struct TimeoutOption: ParsableArguments {
  @Option(name: .long, help: "How long to wait, in seconds; for as long as it takes if left out.")
  var timeout: Double?

  var duration: Duration? { timeout.map { .milliseconds(Int64($0 * 1000)) } }

  func validate() throws {
    if let timeout, !(timeout >= 0 && timeout < 1e9) {
      throw ValidationError("--timeout \(timeout) is no time to wait")
    }
  }
}
