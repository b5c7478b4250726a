import AMQP
import Foundation
import InteropModel
import InteropReport
import SyRPCWire
import WireTap

extension Report.Run {
  /// What is known of a run of this program that began then.
  init(started: Date, parallel: Int, faults: TapFaults = []) {
    self.init(
      syrpc: Versions.syrpc, librabbitmq: Versions.librabbitmq, jansson: Versions.jansson,
      command: CommandLine.arguments, started: started.formatted(.iso8601),
      seconds: (Date().timeIntervalSince(started) * 10).rounded() / 10, parallel: parallel,
      faults: faults.isEmpty ? nil : faults.description,
      system: ProcessInfo.processInfo.operatingSystemVersionString)
  }
}

extension [RunReport.Peer] {
  /// The same, each with what it claims to keep to.
  func claiming(_ claims: [String: Claim]) -> [RunReport.Peer] {
    map { peer in
      var peer = peer
      peer.contract = claims[peer.name]?.title
      return peer
    }
  }
}
