import ArgumentParser
import SyRPC

struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Wait for the result with an id and print it as JSON.",
    discussion: "Exit code 1 if none came in time.")

  @OptionGroup var application: ApplicationOptions
  @OptionGroup var wait: TimeoutOption
  @Argument(help: "The result id that putting the request gave.") var resultID: String

  func run() async throws {
    try await withClient(application, for: [.results]) { client in
      print(try await client.getResult(resultID, timeout: wait.duration))
    }
  }
}
