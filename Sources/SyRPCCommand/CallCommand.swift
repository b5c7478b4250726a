import ArgumentParser
import SyRPC

struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Put a request, wait for its result and print it as JSON.",
    usage: "syrpc call [<options>] <type> <payload>",
    discussion: "Example: syrpc call --app shop echo '{\"value\": \"hello\"}' --timeout 5\n"
      + "Exit code 1 if no result came in time.")

  @OptionGroup var application: ApplicationOptions
  @OptionGroup var wait: TimeoutOption
  @Argument(help: "The request type.") var type: String
  @OptionGroup var payload: PayloadArgument

  func run() async throws {
    let data = try payload.value()
    try await withClient(application) { client in
      print(try await client.call(type: type, data: data, timeout: wait.duration))
    }
  }
}

/// Runs with a client that is closed in the end. A broker that cannot be reached is an error at once.
///
/// - Throws: what `body` throws; `ExitCode` 1 if it timed out, with the reason printed.
func withClient(
  _ application: ApplicationOptions,
  for purposes: Set<ConnectionStateChange.Purpose> = Set(ConnectionStateChange.Purpose.allCases),
  _ body: (SyRPCClient) async throws -> Void
) async throws {
  let client = SyRPCClient(try application.configuration())
  let outcome: Result<Void, any Error>
  do {
    try await client.connect(for: purposes)
    outcome = .success(try await body(client))
  } catch { outcome = .failure(error) }
  await client.close()
  try reportingTimeouts { try outcome.get() }
}

/// A timeout is an answer, not an inability: exit code 1.
func reportingTimeouts(_ body: () throws -> Void) throws {
  do { try body() } catch let error as SyRPCError where error.code == .timedOut || error.code == .unreadableResult {
    printError("\(error)")
    throw ExitCode.notAsExpected
  }
}
