internal import Foundation
package import InteropSupport

/// Counts a program's instructions, with valgrind's tool callgrind: the same on a machine that is busy.
package struct Callgrind: Sendable {
  /// Each operation is done so many times, and so many.
  package static let counts = (few: 1000, many: 6000)

  /// How to do an operation so many times in a process.
  private let command: @Sendable (MeasuredOperation, _ count: Int) -> LineProcess.Command
  private let folder: String

  /// - Parameters:
  ///   - folder: where files can be written that nobody needs afterwards.
  ///   - command: how to do an operation so many times in a process.
  package init(
    in folder: String, command: @escaping @Sendable (MeasuredOperation, _ count: Int) -> LineProcess.Command
  ) {
    self.folder = folder
    self.command = command
  }

  /// Counts for all operations.
  ///
  /// - Throws: ``BenchError`` if valgrind is missing, or cannot count; `CancellationError`.
  package func measure() async throws -> [InstructionCount] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    guard path.split(separator: ":").contains(where: { FileManager.default.isExecutableFile(atPath: "\($0)/valgrind") })
    else {
      throw BenchError("valgrind is not installed; with apt: sudo apt-get install --no-install-recommends valgrind")
    }
    var counts: [InstructionCount] = []
    for operation in MeasuredOperation.allCases {
      let (few, many) = Self.counts
      counts.append(
        try InstructionCount(
          operation, few: (few, try await total(operation, few)), many: (many, try await total(operation, many))))
    }
    return counts
  }

  private func total(_ operation: MeasuredOperation, _ count: Int) async throws -> Int {
    let counted = command(operation, count)
    let (profile, log) = ("\(folder)/\(operation.rawValue).\(count)", "\(folder)/\(operation.rawValue).\(count).log")
    var command = LineProcess.Command(
      name: "valgrind of \(operation.rawValue)", executable: "valgrind",
      arguments: [
        "--tool=callgrind", "--callgrind-out-file=\(profile)", "--log-file=\(log)",
        try await stripped(counted.executable),
      ] + counted.arguments)
    // Tables are walked in the same order each time.
    command.environment = ["SWIFT_DETERMINISTIC_HASHING": "1"]
    let process = try await LineProcess.start(command)
    // It says nothing, and ends.
    while (try? await process.receive(within: .seconds(300))) != nil {}
    try Task.checkCancellation()
    let ending = await process.terminate()
    let text = String(decoding: (try? Files.read(profile)) ?? [], as: UTF8.self)
    guard ending == .exited(0), let total = Self.total(in: text) else {
      let said = String(decoding: (try? Files.read(log)) ?? [], as: UTF8.self)
      throw BenchError("\(process.name) \(ending); it said:\n\(said)")
    }
    return total
  }

  /// All instructions of a profile that callgrind wrote; nil if it is none. Its line is `totals: 1234`.
  package static func total(in profile: String) -> Int? {
    for line in profile.split(separator: "\n") where line.hasPrefix("totals:") {
      return Int(line.dropFirst("totals:".count).trimmingCharacters(in: .whitespaces))
    }
    return nil
  }

  /// The program without what is for debuggers: valgrind before 3.20 ends with an error at what Swift writes there (DWARF 5).
  private func stripped(_ program: String) async throws -> String {
    let copy = "\(folder)/program"
    if Files.exists(copy) { return copy }
    guard
      let strip = try? await LineProcess.start(.init(executable: "strip", arguments: ["-g", "-o", copy, program]))
    else { return program }
    while (try? await strip.receive(within: .seconds(60))) != nil {}
    return await strip.terminate() == .exited(0) ? copy : program
  }
}
