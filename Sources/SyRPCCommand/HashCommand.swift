import ArgumentParser
import SyRPCWire

struct HashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hash", abstract: "Print the index of the queue that carries a result, and the queue's name.",
    discussion: "Example: syrpc hash foo --app shop prints: 60 shop_result_queue_60")

  @Argument(help: "The result id.") var resultID: String
  @Option(name: .long, help: "The number of result queues (amq_num_queues).") var queues = 64
  @Option(name: .customLong("app"), help: "The application's name; without it only the index is printed.")
  var appName: String?

  func run() throws {
    let topology = Topology(try SyRPCSettings(appName: appName ?? "app", resultQueueCount: queues))
    let index = topology.resultQueueIndex(for: resultID)
    print(appName == nil ? "\(index)" : "\(index) \(topology.resultQueue(at: index).name)")
  }
}
