package import AMQP
package import InteropBroker
package import InteropModel
package import InteropReport
package import InteropSupport
package import WireTap

/// Where a run takes place.
package struct RunEnvironment: Sendable {
  package let broker: BrokerEndpoint
  /// The virtual host for recordings: their application names are fixed, and must meet nobody else's.
  package let replayVirtualHost: String?
  /// The broker by the other places of scenarios; one that is not here is not to be had.
  package let places: [Place: BrokerAddress]
  /// Restarts the broker, and returns when it is ready; nil if it is not the run's own.
  package let restart: (@Sendable () async throws -> Void)?
  /// How each live peer is started.
  package let commands: [String: PeerCommand]
  /// What each peer that could be asked said of itself; it has to say the same whenever it is started.
  package let identities: [String: PeerIdentity]
  /// Why each of the others cannot be used: it is not tried again.
  package let failures: [String: PeerError]
  /// Tells whether the broker is still there; nil if nobody looks.
  package let watch: BrokerWatch?
  /// Where processes are noted, so that the next run can end what this one could not.
  package let runFolder: RunFolder?
  /// Where the adapters' logs go while the run lasts.
  package let logFolder: String
  /// Where reports and failing cells' folders go.
  package let output: String
  /// Part of every app name, so that two runs on one broker do not meet.
  package private(set) var runID: String
  /// What happens to the connections of all roles.
  package let faults: TapFaults

  /// Whether every cell has processes and an application of its own.
  package let isFresh: Bool
  /// Of which cells logs and transcripts are kept.
  package let evidence: KeptEvidence
  /// How long a server and a getter wait; nil for as long as a result lives by default.
  package var timeout: Duration?
  /// Whether every cell takes its queues and exchanges away, also on a node that is gone after the run.
  package var isTidy = false
  /// What repeats a cell.
  let repetition: Repetition

  package init(
    broker: BrokerEndpoint, replayVirtualHost: String? = nil, places: [Place: BrokerAddress] = [:],
    restart: (@Sendable () async throws -> Void)? = nil, commands: [String: PeerCommand],
    peers: [RunReport.Peer] = [], watch: BrokerWatch? = nil, runFolder: RunFolder?, logFolder: String, output: String,
    faults: TapFaults = [], isFresh: Bool = false, evidence: KeptEvidence = .failing,
    repetition: Repetition = Repetition(),
    runID: String = RunEnvironment.newID()
  ) {
    self.broker = broker
    self.replayVirtualHost = replayVirtualHost
    self.places = places
    self.restart = restart
    self.commands = commands
    identities = Dictionary(peers.compactMap { peer in peer.identity.map { (peer.name, $0) } }) { first, _ in first }
    failures = Dictionary(peers.compactMap { peer in peer.failure.map { (peer.name, $0) } }) { first, _ in first }
    self.watch = watch
    self.runFolder = runFolder
    self.logFolder = logFolder
    self.output = output
    self.faults = faults
    self.isFresh = isFresh
    self.evidence = evidence
    var repetition = repetition
    repetition.faults = faults
    repetition.commands = commands
    if isFresh { repetition.options.append("--fresh") }
    self.repetition = repetition
    self.runID = runID
  }

  /// The same for one of several matrices of a run: no application is any other's.
  ///
  /// - Parameter number: which one.
  /// - Returns: the environment with an id of its own.
  package func part(_ number: Int) -> RunEnvironment {
    var part = self
    part.runID = "\(runID)-\(number)"
    return part
  }

  /// An id that no other run has.
  package static func newID() -> String { String(UInt32.random(in: .min ... .max), radix: 36) }

  /// Where a scenario takes place.
  package func broker(of scenario: Scenario) -> BrokerEndpoint {
    places[scenario.place].map(broker.at) ?? broker
  }

  /// Where recordings are played.
  package var replayAddress: BrokerAddress {
    var address = broker.address
    if let replayVirtualHost { address.virtualHost = replayVirtualHost }
    return address
  }
}
