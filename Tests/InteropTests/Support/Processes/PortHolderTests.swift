import Foundation
import Testing
import WireTap

@testable import InteropSupport

@Suite struct PortHolderTests {
  @Test(.enabled(if: hasProc, "needs /proc")) func whoListensIsFound() async throws {
    let tap = try await Tap.start(brokerHost: "127.0.0.1", brokerPort: 1, role: "none")
    let holder = PortHolder.of(port: tap.port)
    #expect(holder?.pid == getpid())
    #expect(holder?.description.hasPrefix("process \(getpid()), ") == true)
    _ = await tap.stop()
  }

  @Test func onlyListenersCount() {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1628 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0
         1: 0100007F:1628 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0
         2: 0100007F:1629 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0
      """
    #expect(PortHolder.listening(table, 5672) == ["socket:[4711]"])
    #expect(PortHolder.listening(table, 80) == [])
  }
}
