import AMQP
import ArgumentParser
import Bench
import Foundation
import InteropBroker
import InteropRunner
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
      Beside them each other implementation that is live makes one call at a time, through its adapter. --growth measures \
      what one size does to the rest, in place of the rows; --row adds rows to it.
      Example: syrpc bench --json new.json --compare old.json --plot plots
      """, subcommands: [BenchPlotCommand.self])

  @OptionGroup var rabbitmq: RabbitMQOption
  @OptionGroup var peerOptions: PeerOptions

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

  @Flag(
    name: .long,
    help: """
      Count the instructions of the library's operations instead, with valgrind; more than the budget of one are an error. It takes no broker, and a busy machine does not matter.
      """)
  var instructions = false

  @Option(
    name: .long,
    help: ArgumentHelp("Only these peers beside the library and C; none for none of them.", valueName: "pattern"))
  var peer: [String] = []

  /// What `--peer` takes for no peer.
  private static let noPeers = "none"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Measure growth: \(GrowthKind.allCases.map(\.rawValue).joined(separator: ", ")), or all; it may be repeated.",
      valueName: "size"))
  var growth: [String] = []

  @Option(name: .long, help: "How long a growth curve may take, in seconds.") var growthSeconds = 60.0

  @Option(name: .long, help: ArgumentHelp("Write charts as SVG.", valueName: "folder")) var plot: String?

  @Option(name: .customLong("json"), help: ArgumentHelp("Write all that was measured.", valueName: "file"))
  var output: String?

  @Option(name: .long, help: ArgumentHelp("Show what changed since a file that --json wrote.", valueName: "file"))
  var compare: String?

  private var rows: [BenchRow] {
    // Growth is measured by itself, unless rows are named as well.
    if !growth.isEmpty, rowNames.isEmpty { return [] }
    return BenchRow.all.filter { row in rowNames.isEmpty || rowNames.contains { row.name.contains($0) } }
  }

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds must be at least 1") }
    if !(seconds > 0 && seconds < 3600) { throw ValidationError("--seconds \(seconds) is no time to measure") }
    if concurrency == 0 { throw ValidationError("--concurrency must be at least 1") }
    if !(growthSeconds > 0 && growthSeconds < 86400) {
      throw ValidationError("--growth-seconds \(growthSeconds) is no time to measure")
    }
    if !peerOptions.contract.isEmpty || !peerOptions.require.isEmpty {
      throw ValidationError("--contract and --require are of interop: bench judges nothing, and names who is not live")
    }
    if peer.contains(Self.noPeers), peer.count > 1 { throw ValidationError("--peer none allows for no other --peer") }
    _ = try growthKinds
    if rows.isEmpty, growth.isEmpty {
      throw ValidationError("no row is called that; there are: \(BenchRow.all.map(\.name).joined(separator: "; "))")
    }
  }

  private var growthKinds: [GrowthKind] {
    get throws {
      try growth.flatMap { name in
        if name == "all" { return GrowthKind.allCases }
        guard let kind = GrowthKind(rawValue: name) else {
          throw ValidationError(
            "--growth \(name): \(Spelling.hint(name, among: GrowthKind.allCases.map(\.rawValue) + ["all"]))")
        }
        return [kind]
      }.uniqued()
    }
  }

  /// Those that are named; if none is, those of the default matrix, and none where there is no checkout.
  private func peers() async throws -> [PeerCatalog.Entry]? {
    if peer == [Self.noPeers] || !rows.contains(where: \.isSingleCall) { return nil }
    do {
      return try await peerOptions.catalog(try peerOptions.checkoutOption.find(), canReplay: false)
        .selected(peer.map(Glob.init))
    } catch let error as InteropError where peer.isEmpty && peerOptions.checkoutOption.checkout == nil {
      printError("other implementations are not measured: \(error)")
      return nil
    }
  }

  func run() async throws {
    if instructions { return try await countInstructions() }
    let old = try compare.map { try BenchResult(try Files.readJSON($0)) }
    let plan = BenchPlan(
      rows: rows, contenders: contenders.isEmpty ? Contender.allCases : contenders, rounds: rounds, seconds: seconds,
      concurrency: Int(concurrency), countsSystemCalls: systemCalls)
    let peers = try await peers()
    let result = try await untilSignal { [self] in try await measure(plan, peers) }
    if let output { try Files.write(JSON(encoding: result).encoded(), to: output) }
    let tables = BenchTables(result)
    let measured = result.measurements.isEmpty ? [] : [tables.ratios, BenchPeerTable(result).text, tables.figures]
    for table in measured + [result.growth.map { GrowthTable($0).text }, old.map { tables.changes(since: $0) }] {
      if let table, !table.isEmpty { print(table + "\n") }
    }
    fflushOutput()
    if let plot { try BenchPlotCommand.write(result, to: plot) }
  }

  private func countInstructions() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "syrpc-instructions-\(UUID())").path
    try Files.createFolder(folder)
    defer { try? Files.remove(folder) }
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let callgrind = Callgrind(in: folder) { operation, count in
      LineProcess.Command(executable: program, arguments: ["bench-operation", operation.rawValue, "\(count)"])
    }
    let table = InstructionTable(try await untilSignal { try await callgrind.measure() })
    print(table.text)
    for complaint in table.complaints { printError("Error: \(complaint)") }
    if !table.complaints.isEmpty { throw ExitCode.notAsExpected }
  }

  private func measure(_ plan: BenchPlan, _ peers: [PeerCatalog.Entry]?) async throws -> BenchResult {
    if let broker { return try await measure(plan, peers, try BrokerAddress(url: broker), mark: nil) }
    let node = try await PrivateBroker.start(try RabbitMQOption.installation(rabbitmq.rabbitmq))
    let outcome: Result<BenchResult, any Error>
    // Its folder is on its command line.
    do { outcome = .success(try await measure(plan, peers, node.address, mark: node.folder.path)) } catch {
      outcome = .failure(error)
    }
    await node.stop()
    return try outcome.get()
  }

  /// `mark` is on the command lines of the broker's processes; nil if they are elsewhere.
  private func measure(
    _ plan: BenchPlan, _ peers: [PeerCatalog.Entry]?, _ address: BrokerAddress, mark: String?
  ) async throws -> BenchResult {
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let command: SideCommand = { contender, side, application in
      var command = LineProcess.Command(
        name: "\(contender.rawValue) \(side.rawValue)", executable: program,
        arguments: ["bench-side", contender.rawValue, side.rawValue])
      for (name, value) in application.environment { command.environment[name] = value }
      // Not on the command line, which others see.
      command.environment["SYRPC_URL"] = address.url
      return command
    }
    let identity = try await PrivateBroker.identity(of: address)
    var result = BenchResult(
      about: [
        "broker": "\(identity.product) \(identity.version)", "librabbitmq": Versions.librabbitmq,
        "processors": "\(ProcessInfo.processInfo.activeProcessorCount)", "rounds": "\(plan.rounds)",
        "seconds": "\(plan.seconds)", "concurrency": "\(plan.concurrency)",
        "date": ISO8601DateFormatter().string(from: Date()),
      ], measurements: [])
    try await measureRows(plan, peers, address, command, into: &result)
    let kinds = try growthKinds
    guard !kinds.isEmpty else { return result }
    let run = GrowthRun(
      contenders: plan.contenders, seconds: plan.seconds, limit: .seconds(growthSeconds), broker: address,
      brokerMark: mark, command: command
    ) { printError($0) }
    var curves: [GrowthCurve] = []
    for kind in kinds { curves += try await run.measure(kind) }
    result.growth = curves
    return result
  }

  private func measureRows(
    _ plan: BenchPlan, _ peers: [PeerCatalog.Entry]?, _ address: BrokerAddress, _ command: @escaping SideCommand,
    into result: inout BenchResult
  ) async throws {
    guard !plan.rows.isEmpty else { return }
    let folder = FileManager.default.temporaryDirectory.appending(path: "syrpc-bench-\(UUID())").path
    try Files.createFolder(folder)
    defer { try? Files.remove(folder) }
    var pairs: [PeerPair] = []
    for entry in peers ?? [] { pairs.append(await PeerPair(entry, address, folder: folder)) }
    let outcome: Result<[Bench.Measurement], any Error>
    let run = BenchRun(plan, address, peers: pairs, command: command) { printError($0) }
    do { outcome = .success(try await run.run()) } catch { outcome = .failure(error) }
    var measured: [PeerMeasurement] = []
    for pair in pairs {
      measured.append(await pair.measurement)
      await pair.end()
    }
    result.measurements = try outcome.get()
    result.peers = peers == nil ? nil : measured
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
