import ArgumentParser
import SyRPC

struct PutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Put a request and print its result id.",
    usage: "syrpc put [<options>] <type> <payload>",
    discussion: """
      Any process can get the result.

      Example:
        id=$(syrpc put --app shop echo 42)
        syrpc get --app shop "$id"
      """)

  @OptionGroup var application: ApplicationOptions
  @Argument(help: "The request type.") var type: String
  @OptionGroup var payload: PayloadArgument

  func run() async throws {
    let data = try payload.value()
    try await withClient(application, for: [.requests]) { client in
      print(try await client.putRequest(type: type, data: data))
    }
  }
}
