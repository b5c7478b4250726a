import Foundation
import Testing

/// Gives a reader what went wrong once, then as many new inputs as are asked for.
struct Fuzzer<Target: FuzzTarget> {
  private let target: Target
  private let settings: FuzzSettings
  private let source: InputSource<Target>
  /// So that one mistake does not fill the disk.
  private static var mostViolations: Int { 10 }

  init(_ target: Target) throws {
    self.target = target
    settings = try FuzzSettings()
    source = InputSource(target, seed: settings.seed)
  }

  func run() throws {
    let progress = try Progress(target.name, seed: settings.seed)
    for (name, input) in try Corpus.found(target.name) {
      let place = "fixtures/fuzz/\(target.name)/\(name)"
      progress.reading(place)
      do { _ = try judge(input) } catch { Issue.record("\(place): \(error)") }
    }
    progress.start()
    if let number = settings.number {
      progress.reading(number)
      return try replay(number)
    }
    try runAll(progress)
  }

  private func replay(_ number: Int) throws {
    let input = source.input(number)
    let file = try keep(input, number)
    say("input \(number) of seed \(settings.seed), \(input.count) bytes, is in \(file)")
    do { say(try judge(input) ? "accepted" : "refused") } catch { Issue.record("\(error)") }
  }

  private func runAll(_ progress: borrowing Progress) throws {
    let start = ContinuousClock.now
    var (accepted, violations) = (0, 0)
    for number in 0..<settings.inputs where violations < Self.mostViolations {
      progress.reading(number)
      let input = source.input(number)
      do {
        if try judge(input) { accepted += 1 }
      } catch {
        violations += 1
        let file = try keep(input, number)
        Issue.record(
          """
          \(target.name): \(error)
          the input, of \(input.count) bytes, is in \(file); again with \
          SYRPC_FUZZ_SEED=\(settings.seed) SYRPC_FUZZ_NUMBER=\(number)
          """)
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    say(
      "\(settings.inputs) inputs of seed \(settings.seed), \(accepted) accepted, "
        + "\(seconds.formatted(.number.precision(.fractionLength(1)))) s")
    #expect(accepted > 0 || settings.inputs < 100, "what never gets past the first check tests nothing")
  }

  /// Reads an input, within a time that grows with it no more than in proportion.
  private func judge(_ input: [UInt8]) throws(Violation) -> Bool {
    let start = Self.processorTime
    let isAccepted = try target.check(input)
    let seconds = Self.processorTime - start
    let limit = Self.secondsAtLeast + Double(input.count) * Self.secondsPerByte
    try demand(seconds < limit, "\(input.count) bytes took \(seconds) s, more than \(limit)")
    return isAccepted
  }

  // Debug builds take many times as long. What takes quadratic time takes minutes either way.
  #if DEBUG
    private static var secondsAtLeast: Double { 10 }
    private static var secondsPerByte: Double { 200e-6 }
  #else
    private static var secondsAtLeast: Double { 2 }
    private static var secondsPerByte: Double { 10e-6 }
  #endif

  /// What this thread has used: others on the machine do not count.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// At once: what waits to be written is lost if another reader's input ends the process.
  private func say(_ text: String) {
    print("\(target.name): \(text)")
    fflush(nil)
  }

  private func keep(_ input: [UInt8], _ number: Int) throws -> String {
    let file = try Corpus.output("\(target.name)-\(settings.seed)-\(number)")
    try Data(input).write(to: file)
    return file.path
  }
}
