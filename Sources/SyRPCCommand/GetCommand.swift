import ArgumentParser
import SyRPC

struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Wait for the results with the ids given and print them as JSON.",
    usage: "syrpc get [<options>] <result-id> ...",
    discussion: "Of several results, each is printed with its id, in the order in which they come.\n"
      + "Exit code 1 if one did not come in time.")

  @OptionGroup var application: ApplicationOptions
  @OptionGroup var wait: TimeoutOption
  @Argument(help: ArgumentHelp("The ids that putting the requests gave.", valueName: "result-id"))
  var resultIDs: [String]

  func run() async throws {
    try await withClient(application, for: [.results]) { client in
      if resultIDs.count == 1 { return print(try await client.getResult(resultIDs[0], timeout: wait.duration)) }
      try await printAll(client)
    }
  }

  /// Prints every result that comes in time.
  ///
  /// - Throws: the first error, after all are done.
  private func printAll(_ client: SyRPCClient) async throws {
    try await withThrowingTaskGroup(of: (String, Result<JSON, any Error>).self) { group in
      let timeout = wait.duration
      for id in resultIDs {
        group.addTask {
          do { return (id, .success(try await client.getResult(id, timeout: timeout))) } catch {
            return (id, .failure(error))
          }
        }
      }
      var first: (any Error)?
      for try await (id, result) in group {
        do {
          print(JSON.object(["result_id": .string(id), "data": try result.get()]))
          fflushOutput()
        } catch {
          if first != nil { printError("\(error)") }
          first = first ?? error
        }
      }
      if let first { throw first }
    }
  }
}
