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
    let entries = try await peers.catalog(checkout).entries
    let found = try await untilSignal {
      let folder = try await RunFolder.create(in: try StateFolder())
      defer { try? folder.remove() }
      return await PeerCatalog.probe(entries, logFolder: folder.path, in: folder)
    }
    print("")
    print(PeerTable.text(found))
    for peer in found {
      guard let identity = peer.identity else { continue }
      print("\(peer.name): \(identity.libraries.pairs().joined(separator: ", "))")
      if !identity.settings.isEmpty { print("  settings: \(identity.settings.pairs("=").joined(separator: ", "))") }
      for bridge in identity.bridged { print("  bridged: \(bridge)") }
    }
    for name in peers.require {
      let meant = found.filter { PeerName.forms(of: $0.name).contains(name) }
      if !meant.isEmpty, meant.allSatisfy({ $0.identity != nil }) { continue }
      isHealthy = false
      printError("--require \(name): it is not live here")
    }
    let defaults = entries.filter(\.manifest.isDefault).map(\.manifest.name)
    if found.contains(where: { defaults.contains($0.name) && $0.identity == nil }) { isHealthy = false }
    if !isHealthy { throw ExitCode.notAsExpected }
  }
}
