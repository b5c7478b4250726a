import ArgumentParser
import InteropBroker

struct BrokerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker", abstract: "Start a private RabbitMQ node, print its URL, and keep it until Ctrl-C.",
    discussion: "It listens on loopback only, and nothing of it is left afterwards, whatever happens.")

  @OptionGroup var rabbitmq: RabbitMQOption

  func run() async throws {
    let installation = try RabbitMQOption.installation(rabbitmq.rabbitmq)
    do {
      try await untilSignal {
        let broker = try await PrivateBroker.start(installation)
        print("amqp://\(broker.user):\(broker.password)@\(broker.host):\(broker.port)")
        fflushOutput()
        do {
          // It should not end by itself.
          throw try await broker.waitForEnd()
        } catch {
          await broker.stop()
          throw error
        }
      }
    } catch let code as ExitCode where code == .couldNotRun {
      // A signal is how it is meant to end.
    }
  }
}
