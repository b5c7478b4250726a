import ArgumentParser
import InteropRunner
import InteropSupport

/// `syrpc`: the library by hand, and the interoperability harness.
@main
struct SyRPCCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "syrpc",
    abstract: "SyRPC for Swift: RPC for stateless backends over RabbitMQ, and its interoperability harness.",
    discussion: "Exit codes: 0 all was as expected; 1 something was not; 2 it could not run.",
    version: versionText,
    subcommands: [
      CallCommand.self, PutCommand.self, GetCommand.self, ServeCommand.self, HashCommand.self, InteropCommand.self,
      JudgeCommand.self, CanDeployCommand.self, ReportCommand.self, FixturesCommand.self, TapCommand.self,
      BrokerCommand.self,
      BenchCommand.self, DoctorCommand.self, SetupCommand.self, PeerCommand.self, DefectivePeerCommand.self,
      BenchSideCommand.self, BenchOperationCommand.self,
    ])

  /// ArgumentParser's own codes are those of sysexits.h; ours are documented.
  ///
  /// On the main actor, so that a command that does not wait is done before Swift gives up the main thread, which callgrind
  /// does not survive.
  @MainActor static func main() async {
    StandardStreams.prepare()
    do {
      try RawText.checkStart()
      try DescriptorLimit.ensureMinimum()
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      terminate(.success)
    } catch {
      let code = exitCode(for: error)
      switch code {
      // Help, the version, a completion script.
      case .success:
        print(fullMessage(for: error))
        terminate(.success)
      // ArgumentParser gives every other error the code 1, which is ours for "not as expected".
      case _ where error is ExitCode: finish(error, code)
      default: finish(error, .couldNotRun)
      }
    }
  }

  private static func finish(_ error: any Error, _ code: ExitCode) -> Never {
    let text = fullMessage(for: error)
    if !text.isEmpty { printError(text) }
    terminate(code)
  }
}

extension ExitCode {
  /// Something was not as expected.
  static let notAsExpected = ExitCode(1)
  /// It could not run: usage, or the environment.
  static let couldNotRun = ExitCode(2)
}
