import AMQP
import Foundation
import InteropBroker
import InteropModel
import InteropRunner
import InteropSupport

/// Which broker a run uses.
enum BrokerChoice {
  /// A private node, gone afterwards; of the RabbitMQ that is found, unless it is named.
  case own(rabbitmq: String? = nil)
  /// One that is there. Recordings are played in the virtual host named, if any, and nobody else's in it.
  case existing(url: String, replayVirtualHost: String?)

  /// Whether recordings can be played: their application names are fixed, so they need a virtual host of their own.
  var canReplay: Bool {
    if case .existing(_, nil) = self { false } else { true }
  }
}

/// A broker that can be used.
struct UsedBroker {
  let endpoint: BrokerEndpoint
  let replayVirtualHost: String?
  /// By the other places of scenarios, if it has them.
  var places: [Place: BrokerAddress] = [:]
  /// Restarts it, if it is the run's own.
  var restart: (@Sendable () async throws -> Void)?
  /// Where processes are noted.
  let folder: RunFolder
  /// Tells whether it is still there.
  let watch: BrokerWatch
  /// Part of the names of all applications of the run.
  let runID: String
}

/// Runs with a broker. If it ends meanwhile, what runs is cancelled.
///
/// - Parameters:
///   - choice: which.
///   - reportLeft: is told what could not be deleted from a broker that is somebody else's, each with the reason.
///   - body: what runs.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws; `BrokerError`, `BrokerAddressError`, `InteropError` if it cannot be used, or not any
///   longer.
func withBroker<Value: Sendable>(
  _ choice: BrokerChoice, reportLeft: ([String]) async -> Void = printLeft,
  _ body: @escaping @Sendable (UsedBroker) async throws -> Value
) async throws -> Value {
  let runID = RunEnvironment.newID()
  switch choice {
  case .existing(let url, let replayVirtualHost):
    let address = try recordable(url)
    // Before anything is started: a broker that cannot be used is no peer's failure.
    let identity = try await probe(address, "--broker")
    if let replayVirtualHost {
      var replay = address
      replay.virtualHost = replayVirtualHost
      _ = try await probe(replay, "--replay-virtual-host")
    }
    let folder = try await RunFolder.create(in: try StateFolder())
    defer { try? folder.remove() }
    let declarations = Declarations { name in
      name.name.contains("-\(runID)-") || name.virtualHost == replayVirtualHost
    }
    let endpoint = BrokerEndpoint(
      address: address, identity: identity, isPrivate: false,
      declarations: declarations, acceptance: await AcceptanceTime.slowest(of: address))
    let watch = BrokerWatch(address)
    let used = UsedBroker(
      endpoint: endpoint, replayVirtualHost: replayVirtualHost, folder: folder, watch: watch, runID: runID)
    let outcome: Result<Value, any Error>
    do {
      outcome = .success(
        try await watch.run(until: { try await watch.waitForEndOfConnection() }, { try await body(used) }))
    } catch { outcome = .failure(error) }
    let left = await declarations.deleteAll(from: address)
    if !left.isEmpty { await reportLeft(left) }
    return try outcome.get()
  case .own(let rabbitmq):
    let starting = Timings.Span(.broker)
    let broker = try await PrivateBroker.start(RabbitMQOption.installation(rabbitmq))
    starting.end()
    let outcome: Result<Value, any Error>
    do {
      let identity = try await PrivateBroker.identity(of: broker.address)
      let watch = BrokerWatch(broker.address)
      let endpoint = BrokerEndpoint(
        address: broker.address, identity: identity, isPrivate: true,
        acceptance: await AcceptanceTime.slowest(of: broker.address))
      let used = UsedBroker(
        endpoint: endpoint, replayVirtualHost: broker.replayVirtualHost, places: broker.places,
        restart: { try await broker.restartInOrder() }, folder: broker.folder, watch: watch, runID: runID)
      outcome = .success(
        try await watch.run(until: { try await broker.waitForEnd() }, { try await body(used) }))
    } catch { outcome = .failure(error) }
    let stopping = Timings.Span(.broker)
    await broker.stop()
    stopping.end()
    return try outcome.get()
  }
}

/// Says what a run has left on a broker.
@Sendable func printLeft(_ left: [String]) {
  printError("left on the broker, since it could not be deleted:")
  for line in left { printError("  \(line)") }
}

/// The address of a broker whose frames can be recorded. The password of a URL that has none is in `SYRPC_PASSWORD`.
///
/// - Throws: `BrokerAddressError`; `InteropError` for `amqps`.
func recordable(_ url: String) throws -> BrokerAddress {
  var address = try BrokerAddress(url: url)
  // What stands in a command line, everybody on the machine can read.
  if URLComponents(string: url)?.percentEncodedPassword == nil,
    let password = ProcessInfo.processInfo.environment[Repetition.passwordVariable]
  {
    address.password = password
  }
  guard !address.usesTLS else {
    throw InteropError("--broker \(address): frames under TLS cannot be recorded; give an amqp URL")
  }
  return address
}

private func probe(_ address: BrokerAddress, _ option: String) async throws -> BrokerIdentity {
  do { return try await PrivateBroker.identity(of: address) } catch {
    throw InteropError("\(option) \(address): \(error)")
  }
}
