import AMQP
import ArgumentParser
import Foundation
import InteropSupport
import SyRPCWire
import UnixSignals
import WireTap

struct TapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tap", abstract: "Record what goes between a program and the broker, and show it decoded.",
    usage: "syrpc tap [<options>]",
    discussion: """
      Point the program at the tap, and the tap at the broker. Ctrl-C ends it.

      Examples:
        syrpc tap --listen 127.0.0.1:5673 --broker amqp://rabbit.example
        syrpc tap --listen 127.0.0.1:5673 --output recorded
        syrpc tap --listen 127.0.0.1:5673 --fault delay=5ms,cut@from-broker:12#0
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where to listen, as 127.0.0.1:5673 or [::1]:5673; port 0 takes a free one.", valueName: "host:port"))
  var listen = "127.0.0.1:0"

  @Option(name: .long, help: ArgumentHelp("The broker; only its host and port count.", valueName: "amqp://host:port"))
  var broker = "amqp://localhost"

  @Option(name: .long, help: "The folder that gets a transcript for each connection when the tap ends.")
  var output: String?

  @OptionGroup var faults: FaultOption

  func run() async throws {
    let address = try recordable(broker)
    let place: Endpoint
    do { place = try Endpoint(parsing: listen) } catch { throw ValidationError("--listen \(error)") }
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let tap = try await start(place, address)
    printError("listening on \(tap.endpoint), broker \(address.place)")
    await withTaskGroup { tasks in
      tasks.addTask { for await _ in signals { break } }
      // Whoever looked has seen enough.
      tasks.addTask { await StandardStreams.waitForOutputFailure() }
      await tasks.next()
      tasks.cancelAll()
    }
    let transcripts = await tap.stop()
    guard let output else { return }
    for transcript in transcripts {
      let path = output / "tap-\(transcript.head.connection).jsonl"
      try Files.write(try transcript.jsonLines(), to: path)
      printError("wrote \(path)")
    }
  }

  private func start(_ place: Endpoint, _ broker: BrokerAddress) async throws -> Tap {
    let formatter = FrameFormatter()
    do {
      return try await Tap.start(
        listen: place.host, port: place.port, brokerHost: broker.host, brokerPort: broker.port, role: "tapped",
        faults: faults.fault
      ) { connection, entry in
        print(formatter.line(connection: connection, entry))
        fflushOutput()
      }
    } catch {
      guard error.code == .addressInUse else { throw error }
      let holder = PortHolder.of(port: place.port).map { ", by \($0)" } ?? ""
      throw InteropError("\(error)\(holder)\nName another port, or 0 for a free one, with --listen.")
    }
  }
}
