import ArgumentParser
import Tracing

struct PeerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peer", abstract: "The Swift adapter: speaks the peer protocol on standard input and output.",
    discussion: "For the harness. The protocol is documented in interop/peers/README.rst.")

  func run() async throws {
    InstrumentationSystem.bootstrap(TraceParent())
    let adapter = SwiftAdapter()
    while let line = readLine() {
      print(await adapter.answer(line))
      fflushOutput()
      // Nobody hears it any longer.
      if StandardStreams.outputFailure != nil { break }
    }
    await adapter.end()
  }
}
