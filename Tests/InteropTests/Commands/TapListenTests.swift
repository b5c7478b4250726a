import Foundation
import InteropSupport
import Testing

private let canRun = Program.path != nil && Files.exists("/proc/net/if_inet6")

@Suite(.timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc and IPv6")) struct TapListenTests {
  @Test(arguments: ["[::1]:0", "127.0.0.1:0", "localhost:0"]) func itListens(_ place: String) async throws {
    var command = shell("exec \"$syrpc\" tap --listen '\(place)' --broker 'amqp://[::1]:1/' 2>&1")
    command.environment = ["syrpc": Program.path]
    try await withProcess(command) { tap in
      let line = try await tap.receive(within: nil)
      let host = place.dropLast(":0".count)
      #expect(line.hasPrefix("listening on \(host == "localhost" ? "" : host + ":")"), "\(line)")
      #expect(line.hasSuffix(", broker [::1]:1"), "\(line)")
      kill(tap.pid, SIGINT)
      _ = await tap.rest()
      #expect(await tap.ending == .exited(0))
    }
  }
}
