/// How the calls of a cell are made.
package struct Scenario: Hashable, Sendable {
  package let name: String
  /// What it is for, in a line.
  package let about: String
  /// The payloads it is run with; nil for the whole corpus.
  package let payloads: [String]?
  /// How many calls are made before the first result is asked for.
  package let calls: Int
  /// The request type as the putter is given it.
  package let requestType: String
  /// Settings told to the peers, times in seconds; what is nil is left to their own defaults.
  package var ttl: Int?
  package var messageTTL: Int?
  package var resultQueueCount: Int?
  /// What the cell's app name ends in.
  package var appNameSuffix = ""
  /// The context of a trace (W3C Trace Context, `traceparent`) that is told to peers with the feature `trace`.
  package var trace: String?

  package static let all: [Scenario] = [echo, settings, collision, traced]

  /// Whether it is any different from others with a putter and a server that can do this.
  func isMeant(for features: PerRole<[String]?>) -> Bool {
    guard trace != nil else { return true }
    return [features.putter, features.server].contains { $0?.contains(Self.traceFeature) ?? true }
  }

  /// What peers can do that send the context of a trace along.
  static let traceFeature = "trace"

  /// What a recording of a reference did; it replaces the reference where that is not live.
  package static func recorded(_ name: String, ttl: Int?, messageTTL: Int?, resultQueueCount: Int?) -> Scenario {
    Scenario(
      name: "recorded-\(name)", about: "a recorded connection of the reference, played byte for byte",
      payloads: [RecordedConversation.payload], calls: 0, requestType: "echo", ttl: ttl, messageTTL: messageTTL,
      resultQueueCount: resultQueueCount)
  }

  /// One call with default settings.
  package static let echo = Scenario(
    name: "echo", about: "one call with the implementations' own defaults", payloads: nil, calls: 1,
    requestType: "echo")

  /// Settings other than the defaults, and a request type with white space around it.
  package static let settings = Scenario(
    name: "settings",
    about: "7 queues, queue ttl 60 s, message ttl 5 s, dot, hyphen and space in the app name, request type ' echo '",
    payloads: ["hello", "list-of-objects", "null", "body-5000-bytes"], calls: 1, requestType: " echo ",
    ttl: 60, messageTTL: 5, resultQueueCount: 7, appNameSuffix: ".set-tings x")

  /// Two results in one queue, of which the second is asked for first: the getter meets a result that is not its own.
  package static let collision = Scenario(
    name: "collision", about: "one queue; two requests; the second result is asked for first, then the first",
    payloads: ["hello"], calls: 2, requestType: "echo", resultQueueCount: 1)

  /// A context in the messages' headers, which those that know nothing of traces must not stumble over.
  package static let traced = Scenario(
    name: "traced", about: "the context of a trace in the headers of request and result, if their senders can do that",
    payloads: ["hello"], calls: 1, requestType: "echo",
    trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
}
