import ArgumentParser
import Foundation
import InteropBroker

/// Which RabbitMQ a private node runs.
struct RabbitMQOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      The rabbitmq-server script of the private node, or the folder that has it; also SYRPC_RABBITMQ_SERVER. By default that \
      of the system's packages, then that on the PATH.
      """, valueName: "path"))
  var rabbitmq: String?

  /// The one that the option or the environment names, as a path from the root; nil if neither does.
  func named(_ environment: [String: String]) -> String? {
    (rabbitmq ?? environment[RabbitMQInstallation.variable]).map { URL(filePath: $0).standardizedFileURL.path }
  }

  /// - Throws: `BrokerError` if it is not there.
  static func installation(_ named: String?) throws -> RabbitMQInstallation {
    try named.map { try RabbitMQInstallation(at: URL(filePath: $0).path, namedBy: "--rabbitmq") } ?? .find()
  }
}
