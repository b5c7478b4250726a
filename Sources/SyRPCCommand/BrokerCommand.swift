import ArgumentParser
import Interop
import UnixSignals

struct BrokerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker", abstract: "Start a private RabbitMQ node, print its URL, and keep it until Ctrl-C.",
    discussion: "It listens on loopback only, and nothing of it is left afterwards, whatever happens.")

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let broker = try await PrivateBroker.start()
    print("amqp://\(broker.user):\(broker.password)@\(broker.host):\(broker.port)")
    fflushOutput()
    for await _ in signals { break }
    await broker.stop()
  }
}
