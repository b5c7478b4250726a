import AMQP
import ArgumentParser
import Foundation
import InteropBroker
import InteropModel
import InteropReport
import InteropRunner
import InteropSupport
import SyRPCWire

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what is installed, and which peers are live or missing, and why; or what a broker is like.",
    usage: "syrpc doctor [<options>]",
    discussion: """
      Exit code 1 if the main job could not run: no RabbitMQ, or a default peer or one required that is not live; with \
      --broker, if SyRPC cannot work on it.

      With --broker it looks at that broker alone, over AMQP: what it is, its virtual host's default queue type and \
      delivery limit, permissions, message size, and what each means for SyRPC. It declares exchanges and queues of its \
      own, whose names begin with --app, publishes 16 MiB to nobody, and deletes what it declared.

      Examples:
        syrpc doctor
        syrpc doctor --broker amqp://shop:secret@rabbit.example/shop --app shop
      """)

  @OptionGroup var peers: PeerOptions
  @OptionGroup var rabbitmq: RabbitMQOption

  @Option(
    name: .long,
    help: ArgumentHelp("Look at this broker.", valueName: "amqp://user:password@host:port/vhost"))
  var broker: String?

  @Option(
    name: .customLong("app"),
    help: "With --broker: what the names begin with, for a user with permissions for some names only.")
  var appName: String?

  func validate() throws {
    if appName != nil, broker == nil { throw ValidationError("--app goes with --broker") }
    if broker != nil, rabbitmq.rabbitmq != nil {
      throw ValidationError("--rabbitmq does not go with --broker: it is about a private node")
    }
  }

  func run() async throws {
    if let broker {
      let checkup = try BrokerCheckup(try BrokerAddress(url: broker), appName: appName ?? "syrpc")
      let findings = try await untilSignal { try await checkup.findings() }
      for finding in findings { print(finding.text.visibleLines) }
      if findings.contains(where: \.isProblem) { throw ExitCode.notAsExpected }
    } else {
      try await lookAround()
    }
  }

  private func lookAround() async throws {
    let checkout = try peers.checkoutOption.find()
    print(versionText)
    print("\(checkout.isInstalled ? "installed with" : "checkout"): \(checkout.folder)")
    var isHealthy = true
    do {
      let installation = try RabbitMQOption.installation(rabbitmq.rabbitmq)
      print("RabbitMQ: \(installation.version ?? "of unknown version"), \(installation.server)")
    } catch {
      isHealthy = false
      print("RabbitMQ: \(error)".visibleLines)
    }
    let entries = try await peers.catalog(checkout).entries
    let found = try await untilSignal {
      let folder = try await RunFolder.create(in: try StateFolder())
      defer { try? folder.remove() }
      return await PeerCatalog.probe(entries, logFolder: folder.path, in: folder)
    }
    print("")
    print(PeerTable.text(found.map(Report.Peer.init)))
    for peer in found {
      guard let identity = peer.identity else { continue }
      print("\(peer.name): \(identity.libraries.pairs().joined(separator: ", ").visible)")
      if !identity.settings.isEmpty {
        print("  settings: \(identity.settings.pairs("=").joined(separator: ", ").visible)")
      }
      for bridge in identity.bridged { print("  bridged: \(bridge.visible)") }
    }
    let defaults = entries.filter(\.manifest.isDefault).map(\.manifest.name)
    for name in peers.require.flatMap({ $0 == PeerOptions.allPeers ? defaults : [$0] }) {
      let meant = found.filter { PeerName.forms(of: $0.name).contains(name) }
      if !meant.isEmpty, meant.allSatisfy({ $0.identity != nil }) { continue }
      isHealthy = false
      printError("--require \(name): it is not live here")
    }
    if found.contains(where: { defaults.contains($0.name) && $0.identity == nil }) { isHealthy = false }
    if !isHealthy { throw ExitCode.notAsExpected }
  }
}

extension BrokerCheckup.Finding {
  /// The subject, what was found, and below it what that means; 80 columns wide.
  fileprivate var text: String {
    let indent = String(repeating: " ", count: 20)
    let head = "\(subject)\(isProblem ? " (!)" : "")"
    var lines: [String] = []
    for part in [found, meaning] { lines += part.wrapped(to: 80 - indent.count) }
    let first = head + indent.dropFirst(head.count) + (lines.first ?? "")
    return ([first] + lines.dropFirst().map { indent + $0 }).joined(separator: "\n")
  }
}
