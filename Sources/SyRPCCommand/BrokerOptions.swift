import AMQP
import ArgumentParser
import Foundation
import SyRPC

/// The options of the commands that are a client or a server. What is left out comes from the environment variables of
/// the library, or has its default.
struct ApplicationOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("The broker (SYRPC_URL).", valueName: "amqp://user:password@host:port/vhost"))
  var broker: String?

  @Option(name: .customLong("app"), help: "The application's name (app_name; SYRPC_APP_NAME).")
  var appName: String?

  @Option(name: .long, help: "How long an idle result queue is kept, in seconds (amq_ttl; SYRPC_TTL).")
  var ttl: Int?

  @Option(name: .customLong("message-ttl"), help: "How long a result waits, in seconds (amq_msg_ttl; SYRPC_MSG_TTL).")
  var messageTTL: Int?

  @Option(name: .long, help: "The number of result queues (amq_num_queues; SYRPC_NUM_QUEUES).")
  var queues: Int?

  /// The options in place of the variables that they stand for.
  ///
  /// - Throws: ``ValidationError`` without a name; `SettingsError`, `BrokerAddressError`, `ConfigurationError`.
  func configuration() throws -> SyRPCConfiguration {
    let environment = ProcessInfo.processInfo.environment
    if let appName {
      do { _ = try SyRPCSettings(appName: appName) } catch { throw ValidationError("--app: \(error)") }
    }
    guard let appName = appName ?? environment["SYRPC_APP_NAME"] else {
      throw ValidationError("no application: neither --app nor SYRPC_APP_NAME is given")
    }
    var configuration = try SyRPCConfiguration(
      environment: environment.merging(["SYRPC_APP_NAME": appName]) { $1 })
    let settings = configuration.settings
    configuration.settings = try SyRPCSettings(
      appName: appName, ttl: ttl.map { .seconds($0) } ?? settings.ttl,
      messageTTL: messageTTL.map { .seconds($0) } ?? settings.messageTTL,
      resultQueueCount: queues ?? settings.resultQueueCount)
    if let broker { configuration.brokers = [try BrokerAddress(url: broker)] }
    return configuration
  }
}

/// A payload given as JSON text on the command line or on standard input.
struct PayloadArgument: ParsableArguments {
  @Argument(help: "The payload as JSON text; - reads it from standard input.")
  var payload: String

  /// - Throws: `ValidationError` that says where the JSON breaks.
  func value() throws -> JSON {
    let text: [UInt8] = payload == "-" ? try RawText.standardInput() : Array(payload.utf8)
    do { return try JSON(parsing: text) } catch { throw ValidationError("the payload is not JSON: \(error)") }
  }
}

/// How long to wait.
struct TimeoutOption: ParsableArguments {
  @Option(name: .long, help: "How long to wait, in seconds; 0 to look once; for as long as it takes if left out.")
  var timeout: Double?

  var duration: Duration? { timeout.map { .milliseconds(Int64($0 * 1000)) } }

  func validate() throws {
    if let timeout, !(timeout >= 0 && timeout < 1e9) {
      throw ValidationError("--timeout \(timeout) is no time to wait")
    }
  }
}
