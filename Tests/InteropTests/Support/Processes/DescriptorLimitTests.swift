import Foundation
import InteropSupport
import Testing

private let canRun = Program.path != nil

@Suite(.timeLimit(.minutes(10))) struct DescriptorLimitTests {
  /// In a process of its own: the limit is that of a process.
  @Test func theSoftLimitIsRaisedAsFarAsNeeded() async {
    await #expect(processExitsWith: .success) {
      var limits = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
      limits.rlim_cur = 64
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
      try DescriptorLimit.ensure(parallel: 2, peers: 1)
      let needed = rlim_t(DescriptorLimit.needed(parallel: 2, peers: 1))
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
      try #require(limits.rlim_cur == needed)
      // Never lowered.
      try DescriptorLimit.ensure(parallel: 1, peers: 1)
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
      try #require(limits.rlim_cur == needed)
    }
  }

  @Test(.enabled(if: canRun, "needs syrpc")) func aHardLimitThatIsTooLowIsNamedAtOnce() async throws {
    let result = try await script(
      "ulimit -n 256; \"$syrpc\" interop --checkout '\(checkoutFolder)' --peer swift --parallel 96")
    let needed = DescriptorLimit.needed(parallel: 96, peers: 1)
    #expect(
      result.lines == [
        "Error: --parallel 96 needs up to \(needed) open files, and the hard limit is 256: raise it (ulimit -n \(needed)), "
          + "or take --parallel \(DescriptorLimit.fitting(256, peers: 1))"
      ])
    #expect(result.ending == .exited(2))
  }

  /// NIO would end the program by an illegal instruction.
  @Test(.enabled(if: canRun, "needs syrpc"), arguments: [8, 20]) func noCommandRunsWithNextToNone(
    _ limit: Int
  ) async throws {
    let result = try await script("ulimit -n \(limit); \"$syrpc\" tap --listen 127.0.0.1:0")
    #expect(
      result.lines == [
        "Error: syrpc needs up to \(DescriptorLimit.minimum) open files, and the hard limit is \(limit): raise it (ulimit -n)"
      ])
    #expect(result.ending == .exited(2))
  }
}
