import AMQP
import ArgumentParser
import Bench
import Foundation
import InteropBroker
import InteropSupport
import SyRPCWire

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the library against raw C on librabbitmq: rate, latency, processor time, memory.",
    usage: "syrpc bench [<options>]",
    discussion: """
      Each side is a process of its own, and all speak to one broker, in turn, round by round. Figures are medians over the \
      rounds, with the least and the most. Build it for release.
      Example: syrpc bench --json new.json --compare old.json
      """)

  @OptionGroup var rabbitmq: RabbitMQOption

  @Option(
    name: .long, help: ArgumentHelp("A broker that runs, in place of a private one.", valueName: "amqp://host:port"))
  var broker: String?

  @Option(name: .long, help: "How often each row is measured of each contender.") var rounds = 5
  @Option(name: .long, help: "How long each time, in seconds.") var seconds = 1.0
  @Option(name: .long, help: "How many requests a server does at a time.") var concurrency: UInt16 = 256

  @Option(name: .customLong("row"), help: "Only rows whose name contains this; it may be repeated.")
  var rowNames: [String] = []

  @Option(name: .customLong("contender"), help: "Only this one; it may be repeated.")
  var contenders: [Contender] = []

  @Flag(name: .long, help: "Count system calls as well, with strace.") var systemCalls = false

  @Option(name: .customLong("json"), help: ArgumentHelp("Write all that was measured.", valueName: "file"))
  var output: String?

  @Option(name: .long, help: ArgumentHelp("Show what changed since a file that --json wrote.", valueName: "file"))
  var compare: String?

  private var rows: [BenchRow] {
    BenchRow.all.filter { row in rowNames.isEmpty || rowNames.contains { row.name.contains($0) } }
  }

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds must be at least 1") }
    if !(seconds > 0 && seconds < 3600) { throw ValidationError("--seconds \(seconds) is no time to measure") }
    if concurrency == 0 { throw ValidationError("--concurrency must be at least 1") }
    if rows.isEmpty {
      throw ValidationError("no row is called that; there are: \(BenchRow.all.map(\.name).joined(separator: "; "))")
    }
  }

  func run() async throws {
    let old = try compare.map { try BenchResult(try Files.readJSON($0)) }
    let plan = BenchPlan(
      rows: rows, contenders: contenders.isEmpty ? Contender.allCases : contenders, rounds: rounds, seconds: seconds,
      concurrency: Int(concurrency), countsSystemCalls: systemCalls)
    let result = try await untilSignal { [self] in try await measure(plan) }
    if let output { try Files.write(JSON(encoding: result).encoded(), to: output) }
    let tables = BenchTables(result)
    for table in [tables.ratios, tables.figures, old.map { tables.changes(since: $0) }] {
      if let table, !table.isEmpty { print(table + "\n") }
    }
    fflushOutput()
  }

  private func measure(_ plan: BenchPlan) async throws -> BenchResult {
    if let broker { return try await measure(plan, try BrokerAddress(url: broker)) }
    let node = try await PrivateBroker.start(try RabbitMQOption.installation(rabbitmq.rabbitmq))
    let outcome: Result<BenchResult, any Error>
    do { outcome = .success(try await measure(plan, node.address)) } catch { outcome = .failure(error) }
    await node.stop()
    return try outcome.get()
  }

  private func measure(_ plan: BenchPlan, _ address: BrokerAddress) async throws -> BenchResult {
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let run = BenchRun(plan, address) { contender, side in
      var command = LineProcess.Command(
        name: "\(contender.rawValue) \(side.rawValue)", executable: program,
        arguments: ["bench-side", contender.rawValue, side.rawValue])
      // Not on the command line, which others see.
      command.environment["SYRPC_URL"] = address.url
      return command
    } progress: {
      printError($0)
    }
    let identity = try await PrivateBroker.identity(of: address)
    return BenchResult(
      about: [
        "broker": "\(identity.product) \(identity.version)", "librabbitmq": Versions.librabbitmq,
        "processors": "\(ProcessInfo.processInfo.activeProcessorCount)", "rounds": "\(plan.rounds)",
        "seconds": "\(plan.seconds)", "concurrency": "\(plan.concurrency)",
        "date": ISO8601DateFormatter().string(from: Date()),
      ], measurements: try await run.run())
  }
}

extension Contender: ExpressibleByArgument {}

extension BrokerAddress {
  /// The address as a URL, with the password.
  fileprivate var url: String {
    func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
    return "\(usesTLS ? "amqps" : "amqp")://\(encoded(user)):\(encoded(password))@"
      + "\(host.contains(":") ? "[\(host)]" : host):\(port)/\(encoded(virtualHost))"
  }
}
