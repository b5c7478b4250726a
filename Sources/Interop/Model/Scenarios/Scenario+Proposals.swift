extension Scenario {
  /// What a change of the contract is tried with, beside those of the matrix: a hash that differs shows in several calls only.
  package static let ofProposals: [Scenario] = [severalQueues, sevenQueues]

  private static let calls = 8
  private static let steps: [Step] =
    [.open([.server]), .open([.putter, .getter])]
    + Array(repeating: [.put(1), .exchange], count: calls).flatMap(\.self)

  /// As many queues as the implementations have by default.
  package static let severalQueues = Scenario(
    name: "several-queues", about: "eight calls, with the implementations' own defaults", payloads: ["hello"],
    steps: steps)

  /// Of a number of queues that is no power of two, every bit of the hash counts.
  package static let sevenQueues = Scenario(
    name: "seven-queues", about: "eight calls, 7 queues, queue ttl 60 s, message ttl 5 s", payloads: ["hello"],
    steps: steps
  ).with {
    $0.ttl = 60
    $0.messageTTL = 5
    $0.resultQueueCount = 7
  }
}
