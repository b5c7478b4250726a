internal import InteropSupport

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Where RabbitMQ's own start script is.
///
/// Not the one that Debian has on the PATH: that one insists on being root or rabbitmq, and then changes to rabbitmq.
/// The real one has `rabbitmq-env` beside it.
package struct RabbitMQInstallation: Hashable, Sendable {
  /// The path of the script `rabbitmq-server`.
  package let server: String
  /// The path of the script `rabbitmqctl`, beside the server's.
  var control: String { String(server.dropLast("rabbitmq-server".count)) + "rabbitmqctl" }
  /// The version that the path names, such as `3.10.8`; nil if it names none.
  package let version: String?

  /// Finds RabbitMQ: what the variable `SYRPC_RABBITMQ_SERVER` names, or else where packages put it, or else the PATH.
  ///
  /// - Parameters:
  ///   - environment: Nil for that of this process.
  ///   - packages: Where packages put it.
  /// - Returns: The installation.
  /// - Throws: ``BrokerError`` with the code `notInstalled`, and what to install.
  package static func find(
    environment: [String: String]? = nil, packages: [String] = packages
  ) throws -> RabbitMQInstallation {
    let environment = environment ?? ProcessInfo.processInfo.environment
    if let server = environment[variable] { return try RabbitMQInstallation(at: server, namedBy: variable) }
    let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    guard let server = (packages + path).map({ "\($0)/rabbitmq-server" }).first(where: isReal) else {
      throw BrokerError(
        code: .notInstalled,
        message: """
          RabbitMQ is not installed. Install rabbitmq-server (apt-get install rabbitmq-server) or rabbitmq (brew \
          install rabbitmq), name its rabbitmq-server script in \(variable), or with --rabbitmq, or use a broker that runs with --broker.
          """)
    }
    return RabbitMQInstallation(server: server)
  }

  /// The one that somebody names.
  ///
  /// - Parameters:
  ///   - path: The script `rabbitmq-server`, or a folder that has it, or has it in its `sbin` or `bin`.
  ///   - name: The option or variable that says so, for the error.
  /// - Throws: ``BrokerError`` with the code `notInstalled`.
  package init(at path: String, namedBy name: String) throws {
    guard Files.exists(path) else {
      throw BrokerError(code: .notInstalled, message: "\(name) is \(path), which is not there")
    }
    let isFolder = Files.isFolder(path)
    let candidates = isFolder ? ["", "/sbin", "/bin"].map { "\(path)\($0)/rabbitmq-server" } : [path]
    guard let server = candidates.first(where: FileManager.default.isExecutableFile) else {
      let what = isFolder ? "a folder without rabbitmq-server" : "not an executable file"
      throw BrokerError(code: .notInstalled, message: "\(name) is \(path), which is \(what)")
    }
    guard server.hasSuffix("/rabbitmq-server") || server == "rabbitmq-server" else {
      throw BrokerError(
        code: .notInstalled,
        message: "\(name) is \(path); the script must be called rabbitmq-server, with rabbitmqctl beside it")
    }
    self.init(server: server)
  }

  /// Names it in the environment.
  package static let variable = "SYRPC_RABBITMQ_SERVER"

  /// Debian's and RabbitMQ's own packages, Homebrew on both kinds of Mac, and the official image.
  package static let packages = [
    "/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin", "/opt/rabbitmq/sbin",
  ]

  private static func isReal(_ server: String) -> Bool {
    let folder = server.dropLast("rabbitmq-server".count)
    return FileManager.default.isExecutableFile(atPath: server)
      && FileManager.default.fileExists(atPath: "\(folder)rabbitmq-env")
  }

  private init(server: String) {
    self.server = server
    // …/rabbitmq_server-3.10.8/sbin/rabbitmq-server, …/Cellar/rabbitmq/3.13.1/sbin/rabbitmq-server
    let real = URL(fileURLWithPath: server).resolvingSymlinksInPath().path
    let folders = real.split(separator: "/").compactMap { $0.split(separator: "-").last }
    version = folders.last { $0.split(separator: ".").count == 3 && $0.allSatisfy { $0.isNumber || $0 == "." } }
      .map(String.init)
  }
}
