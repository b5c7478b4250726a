import AMQP
import ArgumentParser
import Bench
import Foundation

/// One side of a measurement, which `bench` starts.
struct BenchSideCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-side", abstract: "One side of a measurement, told by lines what to do.", shouldDisplay: false)

  @Argument(help: "Who.") var contender: Contender
  @Argument(help: "Which side.") var side: SideKind

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let url = environment["SYRPC_URL"] else { throw ValidationError("SYRPC_URL names no broker") }
    let application = BenchApplication(environment: environment) ?? BenchApplication(contender)
    let side = try Side(side, of: contender, application.configuration(try BrokerAddress(url: url)))
    // On a thread of its own: one of the few that run tasks would be missing from what is measured.
    let reading = DispatchQueue(label: "syrpc.bench.orders")
    try await side.run {
      await withCheckedContinuation { line in reading.async { line.resume(returning: readLine()) } }
    } answer: {
      print($0)
      fflushOutput()
    }
  }
}

extension SideKind: ExpressibleByArgument {}
