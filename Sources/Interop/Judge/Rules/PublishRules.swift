internal import Foundation
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let publishRules: [Rule] = [
    Rule("publish.request", .required, [.putter], "each request is published once, to the request exchange by its name")
    {
      evidence, role in
      let binding = evidence.topology.requestBinding
      let put = evidence.roles[role].outcomes.count { $0.operation == "put_request" && $0.error == nil }
      guard put > 0 else { return .inapplicable("no request was put") }
      let published = evidence.published(role)
      // Without confirms a peer may be a little ahead of the line.
      if let late = published.first(where: { message in
        guard let moment = message.moment, let end = evidence.roles[role].putEnds[message.resultID ?? ""] else {
          return false
        }
        return moment > end.addingTimeInterval(1)
      }) {
        return .failed(
          expected: "published before it is said to be put", observed: "\(late.resultID ?? "") was published later",
          since: late.moment)
      }
      let expected = "\(put) to \(binding.exchange) by \(binding.routingKey)"
      guard published.count == put else {
        return .failed(expected: expected, observed: "\(published.count) published", since: published.first?.moment)
      }
      return .all(
        published, expected: expected, none: "no request was put", { "\($0.exchange) by \($0.routingKey)" }
      ) {
        $0.exchange.utf8.elementsEqual(binding.exchange.utf8)
          && $0.routingKey.utf8.elementsEqual(binding.routingKey.utf8)
      }
    },
    Rule("publish.result", .required, [.server], "each request is answered by one result") { evidence, role in
      let requests = evidence.deliveredRequestIDs
      guard !requests.isEmpty else { return .inapplicable("no request was delivered") }
      // What a request does to a server is outcome.serve's affair; here it counts what one that works leaves out.
      // One that waits on with a good request in its hands has said nothing.
      let hasWaitedOn = evidence.roles[role].outcomes.allSatisfy { $0.error.map { $0.kind == .timeout } ?? true }
      if evidence.published(role).isEmpty, evidence.roles[role].hasFailed,
        !hasWaitedOn || evidence.excuse(role) != nil || evidence.roles[role].hasMetException
      {
        return .inapplicable("the server failed before it published anything")
      }
      var observed = evidence.published(role).map { $0.resultID ?? "no result_id" }
      // What the broker gave back is published again.
      for id in evidence.roles[role].conversations.flatMap(\.returned).compactMap(\.resultID) {
        if let place = observed.firstIndex(of: id) { observed.remove(at: place) }
      }
      let asked = requests.prefix(evidence.roles[role].requestLimit)
      func count(_ ids: some Collection<String>) -> [String: Int] { ids.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
      let (wanted, published) = (count(asked), count(observed))
      let ids = (asked + observed).uniqued()
      let wrong = ids.filter { wanted[$0] != published[$0] }
      guard !wrong.isEmpty else { return .passed(observed.sorted().joined(separator: "; ")) }
      return .failed(
        expected: asked.sorted().joined(separator: "; "),
        observed: wrong.map { id in
          let results = published[id].map { $0 == 1 ? "one result" : "\($0) results" } ?? "no result"
          return Observation(wanted[id] == nil ? "\(results), for nobody's request" : results, of: id)
        },
        of: ids.count,
        since: evidence.published(role).first?.moment ?? evidence.roles[role].delivered.first?.message.moment)
    },
    Rule(
      "publish.in-time", .required, [.server], "a result that a getter gave up waiting for was published before that"
    ) {
      evidence, role in
      let isConsuming = evidence.roles.getter.conversations.flatMap(\.received).contains {
        $0.name == "basic.consume-ok"
      }
      guard let gaveUp = evidence.roles.getter.gaveUp, isConsuming else { return .inapplicable("no getter gave up") }
      let times = evidence.published(role).compactMap(\.moment)
      return .all(
        times, expected: "before the getter gave up", none: "no result was published",
        { "\(Int($0.timeIntervalSince(gaveUp) * 1000)) ms after that" }, { $0 <= gaveUp })
    },
    Rule("publish.kept", .required, [.putter, .server], "what was put is where it is to be taken from, until it is") {
      evidence, role in
      guard let isKept = evidence.roles[role].isKept else { return .inapplicable("nobody looked") }
      return .equal(isKept ? "in its queue" : "not in its queue", "in its queue")
    },
    Rule("publish.result-exchange", .recommended, [.server], "results are published to the result exchange") {
      evidence, role in
      .all(
        evidence.published(role), expected: evidence.topology.resultExchange, none: "no result was published",
        { $0.exchange }, { $0.exchange.utf8.elementsEqual(evidence.topology.resultExchange.utf8) })
    },
    Rule(
      "publish.mandatory", .recommended, [.putter, .server],
      "messages are mandatory: one that reaches no queue is not lost silently"
    ) { evidence, role in
      .all(
        evidence.published(role), expected: "mandatory", none: "nothing was published",
        { $0.mandatory == true ? "mandatory" : "not mandatory" }, { $0.mandatory == true })
    },
    Rule("publish.immediate", .required, [.putter, .server], "messages are not immediate, which RabbitMQ refuses") {
      evidence, role in
      .all(
        evidence.published(role), expected: "not immediate", none: "nothing was published",
        { $0.immediate == true ? "immediate" : "not immediate" }, { $0.immediate == false })
    },
  ]
}

extension Evidence {
  /// The ids of the requests that were delivered to the server, redeliveries left out.
  var deliveredRequestIDs: [String] {
    roles.server.delivered.map(\.message).filter { $0.wire.fields["redelivered"] != true }.compactMap(\.resultID)
  }
}
