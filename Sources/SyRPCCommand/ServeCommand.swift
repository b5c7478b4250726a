import ArgumentParser
import SyRPC
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Answer every request with its own data, until Ctrl-C or SIGTERM.",
    usage: "syrpc serve [<options>]",
    discussion: "Requests in hand are finished first. Example: syrpc serve --app shop")

  @OptionGroup var application: ApplicationOptions
  @Option(name: .long, help: "How many requests are done at a time.") var concurrency: UInt16 = 16
  @Option(name: .long, help: "Stop after this many requests.") var count: Int?

  func validate() throws {
    if concurrency == 0 { throw ValidationError("--concurrency must be at least 1") }
    if let count, count < 1 { throw ValidationError("--count must be at least 1") }
  }

  func run() async throws {
    let configuration = try application.configuration()
    let server = SyRPCServer(configuration)
    let outcome: Result<Void, any Error>
    do {
      try await server.connect()
      printError("serving \(configuration.settings.appName)")
      outcome = .success(try await serve(server))
    } catch { outcome = .failure(error) }
    await server.close()
    try outcome.get()
  }

  private func serve(_ server: SyRPCServer) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let concurrency = concurrency
    let count = count
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        if let count {
          for _ in 0..<count {
            let request = try await server.getRequest()
            try await server.putResult(request.resultID, data: request.data)
          }
        } else {
          try await server.serve(options: ServeOptions(concurrency: concurrency)) { $0.data }
        }
      }
      group.addTask { for await _ in signals { return } }
      do { try await group.next() } catch is CancellationError {}
      group.cancelAll()
      do { try await group.waitForAll() } catch is CancellationError {}
    }
  }
}
