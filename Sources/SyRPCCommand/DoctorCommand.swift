import ArgumentParser
import Foundation
import Interop
import SyRPCWire

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what is installed, and which peers are live or missing, and why.",
    discussion:
      "Exit code 1 if the main job could not run: no RabbitMQ, or a default peer or one required that is not live.")

  @OptionGroup var peers: PeerOptions

  func run() async throws {
    let checkout = try peers.checkoutOption.find()
    print(versionText)
    print("checkout: \(checkout.folder)")
    var isHealthy = true
    do {
      let installation = try RabbitMQInstallation.find()
      print("RabbitMQ: \(installation.version ?? "of unknown version"), \(installation.server)")
    } catch {
      isHealthy = false
      print("RabbitMQ: \(error)")
    }
    let entries = try peers.catalog(checkout).entries
    let found = try await untilSignal {
      let folder = try await RunFolder.create(in: try StateFolder())
      defer { try? folder.remove() }
      return await PeerCatalog.probe(entries, logFolder: folder.path, in: folder)
    }
    print("")
    print(PeerTable.text(found))
    for peer in found {
      guard let identity = peer.identity else { continue }
      let libraries = identity.libraries.map { "\($0.key) \($0.value.stringValue ?? $0.value.description)" }
      print("\(peer.name): \(libraries.joined(separator: ", "))")
      for bridge in identity.bridged { print("  bridged: \(bridge)") }
    }
    for name in peers.require where found.first(where: { $0.name == name })?.identity == nil {
      isHealthy = false
      printError("--require \(name): it is not live here")
    }
    let defaults = entries.filter(\.manifest.isDefault).map(\.manifest.name)
    if found.contains(where: { defaults.contains($0.name) && $0.identity == nil }) { isHealthy = false }
    if !isHealthy { throw ExitCode.notAsExpected }
  }
}
