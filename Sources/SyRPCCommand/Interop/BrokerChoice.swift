import AMQP
import Interop
import Logging

/// Which broker a run uses.
enum BrokerChoice {
  /// A private node, gone afterwards.
  case own
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
  /// That of RabbitMQ; nil if it is unknown.
  var version: Version?
  let replayVirtualHost: String?
  /// By another virtual host and as another user, if there are any.
  var elsewhere: BrokerAddress?
  /// Restarts it, if it is the run's own.
  var restart: (@Sendable () async throws -> Void)?
  /// Where processes are noted.
  let folder: RunFolder
  /// Tells whether it is still there.
  let watch: BrokerWatch
}

/// Runs with a broker. If it ends meanwhile, what runs is cancelled.
///
/// - Throws: what `body` throws; `BrokerError`, `BrokerAddressError`, `InteropError` if it cannot be used, or not any
///   longer.
func withBroker<Value: Sendable>(
  _ choice: BrokerChoice, _ body: @escaping @Sendable (UsedBroker) async throws -> Value
) async throws -> Value {
  switch choice {
  case .existing(let url, let replayVirtualHost):
    let address = try recordable(url)
    // Before anything is started: a broker that cannot be used is no peer's failure.
    try await probe(address, "--broker")
    if let replayVirtualHost {
      var replay = address
      replay.virtualHost = replayVirtualHost
      try await probe(replay, "--replay-virtual-host")
    }
    let folder = try await RunFolder.create(in: try StateFolder())
    defer { try? folder.remove() }
    let endpoint = BrokerEndpoint(
      address: address, about: "the broker at \(address.host):\(address.port)", isPrivate: false)
    let watch = BrokerWatch(address)
    let used = UsedBroker(endpoint: endpoint, replayVirtualHost: replayVirtualHost, folder: folder, watch: watch)
    return try await watch.run(until: { try await watch.waitForEndOfConnection() }, { try await body(used) })
  case .own:
    let broker = try await PrivateBroker.start()
    let outcome: Result<Value, any Error>
    do {
      let about = "a private RabbitMQ \(broker.version ?? "of unknown version") on 127.0.0.1:\(broker.port)"
      let watch = BrokerWatch(broker.address)
      let used = UsedBroker(
        endpoint: BrokerEndpoint(address: broker.address, about: about, isPrivate: true),
        version: broker.version.flatMap { Version($0) },
        replayVirtualHost: broker.replayVirtualHost, elsewhere: broker.elsewhere,
        restart: { try await broker.restartInOrder() }, folder: broker.folder, watch: watch)
      outcome = .success(
        try await watch.run(until: { try await broker.waitForEnd() }, { try await body(used) }))
    } catch { outcome = .failure(error) }
    await broker.stop()
    return try outcome.get()
  }
}

/// The address of a broker whose frames can be recorded.
///
/// - Throws: `BrokerAddressError`; `InteropError` for `amqps`.
func recordable(_ url: String) throws -> BrokerAddress {
  let address = try BrokerAddress(url: url)
  guard !address.usesTLS else {
    throw InteropError("--broker \(address): frames under TLS cannot be recorded; give an amqp URL")
  }
  return address
}

private func probe(_ address: BrokerAddress, _ option: String) async throws {
  do {
    let options = ConnectionOptions(name: "SyRPC interop, probe")
    await (try await AMQPConnection.open(address, options, logger: Logger(label: "syrpc.interop"))).close()
  } catch { throw InteropError("\(option) \(address): \(error)") }
}
