package import WireTap

/// How the calls of a cell are made.
package struct Scenario: Hashable, Sendable {
  package let name: String
  /// What it is for, in a line.
  package let about: String
  /// The payloads it is run with; nil for the whole corpus.
  package let payloads: [String]?
  /// What the calls after the first carry; nil for the same.
  package var laterPayload: String?
  /// What happens, in order. What is open in the end is closed.
  package let steps: [Step]
  /// The roles that every implementation plays in turn; one that makes no difference is played by one of them.
  package var varied: Set<Role> = Set(Role.allCases)
  /// The request types as the putter is given them, call by call; the last one for all that follow.
  package var requestTypes = ["echo"]
  /// Settings told to the peers, times in seconds; what is nil is left to their own defaults.
  package var ttl: Int?
  package var messageTTL: Int?
  package var resultQueueCount: Int?
  /// What the cell's app name ends in.
  package var appNameSuffix = ""
  /// How many bytes its app name has; nil for as many as it takes.
  package var appNameSize: Int?
  package var place = Place.usual
  /// What happens to everybody's connections.
  package var faults: TapFaults = []
  /// The context of a trace (W3C Trace Context, `traceparent`) that is told to peers with the feature `trace`.
  package var trace: String?

  package init(name: String, about: String, payloads: [String]?, steps: [Step]) {
    self.name = name
    self.about = about
    self.payloads = payloads
    self.steps = steps
  }

  /// An application's name as the scenario has it.
  package func appName(_ unique: String) -> String {
    let name = unique + appNameSuffix
    return name + String(repeating: "x", count: max(0, (appNameSize ?? 0) - name.utf8.count))
  }

  /// The type that the putter is given for a call, counted from 0.
  package func requestType(of call: Int) -> String { requestTypes[min(call, requestTypes.count - 1)] }

  /// How many requests are put.
  package var calls: Int {
    steps.reduce(0) { count, step in if case .put(let more) = step { count + more } else { count } }
  }

  /// Whether several getters wait at a time: then nothing says whose result is acknowledged first.
  package var isConcurrent: Bool { steps.contains { if case .getAtOnce = $0 { true } else { false } } }
  /// Whether several servers wait at a time: what one has in hand, and leaves, another one gets.
  package var hasSeveralServers: Bool { steps.contains { if case .serveAtOnce = $0 { true } else { false } } }
  /// Whether something that is no message is among the messages.
  package var publishesMalformed: Bool { steps.contains { if case .publishMalformed = $0 { true } else { false } } }
  /// Whether it waits most of its time: for time to pass, or, with implementations that keep what is another's or trip over
  /// what is none, for what does not come.
  package var mostlyWaits: Bool {
    publishesMalformed || steps.contains { if case .getAsPutter = $0 { true } else { $0.isForWaiting } }
  }
  /// Whether the broker is restarted in its course.
  package var restartsBroker: Bool { steps.contains(.restartBroker) }
  /// Whether it needs a broker that is the run's own.
  package var needsOwnBroker: Bool { place.needsOwnBroker || restartsBroker }

  /// Whether it is any different from others with a putter and a server that can do this.
  package func isMeant(for features: PerRole<[String]?>) -> Bool {
    guard trace != nil else { return true }
    return [features.putter, features.server].contains { $0?.contains(Self.traceFeature) ?? true }
  }

  /// What peers can do that send the context of a trace along.
  package static let traceFeature = "trace"

  /// What a recording of a reference did; it replaces the reference where that is not live.
  package static func recorded(_ name: String, ttl: Int?, messageTTL: Int?, resultQueueCount: Int?) -> Scenario {
    Scenario(
      name: "recorded-\(name)", about: "a recorded connection of the reference, played byte for byte",
      payloads: [RecordedConversation.payload], steps: []
    ).with {
      $0.ttl = ttl
      $0.messageTTL = messageTTL
      $0.resultQueueCount = resultQueueCount
    }
  }

  /// The same with something changed.
  package func with(_ change: (inout Scenario) -> Void) -> Scenario {
    var scenario = self
    change(&scenario)
    return scenario
  }
}
