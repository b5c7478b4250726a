import WireTap
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropProposals

@Suite struct PassageTests {
  /// What became of the recorded exchange's messages, with something changed.
  private func passages(_ change: (inout RecordedEvidence) -> Void) throws -> Passages {
    var recorded = try RecordedEvidence()
    change(&recorded)
    return Passages(try recorded.evidence())
  }

  @Test func whatReachedTheQueueIsLateAndNotMisplaced() throws {
    let result = try passages { $0.client = $0.client.withoutDeliveries }
    #expect(result.request == .read && result.result == .late)
    let request = try passages {
      $0.client = $0.client.withoutDeliveries
      $0.server = $0.server.withoutDeliveries.repeating("basic.publish", times: 0)
    }
    #expect(request.request == .late && request.result == .unreached)
  }

  @Test func whatWasPutElsewhereIsMisplaced() throws {
    let result = try passages { recorded in
      recorded.client = recorded.client.withoutDeliveries
      recorded.server = recorded.server.changing("basic.publish") {
        $0.replace("result_exchange\u{1}0", "result_exchange\u{1}9")
      }
    }
    #expect(result.result == .misplaced && result.resultFate == .waiting)
    // To a queue that is not the one that its reader consumes.
    let unbound = try passages { recorded in
      recorded.client = recorded.client.withoutDeliveries.repeating("queue.bind", times: 0)
      recorded.server = recorded.server.repeating("queue.bind", times: 0)
    }
    #expect(unbound.result == .misplaced)
  }

  @Test func aCopyThatIsLeftBehindIsSeen() throws {
    var recorded = try RecordedEvidence()
    recorded.contract = try Contract(try checkout().contract)
    var evidence = try recorded.evidence()
    evidence.roles.getter.results = evidence.resultIDs.map { id in
      let text = evidence.call(id)?.text ?? ""
      var reader = TextReader()
      return (id, text, reader.read(Array(text.utf8)))
    }
    #expect(Passages(evidence).result == .read && !Passages(evidence).leavesResults)
    evidence.leftovers = [QueueLeftover(queue: "golden_python_one_results_0", messages: 2, consumers: 0)]
    #expect(Passages(evidence).leavesResults && !Passages(evidence).leavesRequests)
    evidence.leftovers = [QueueLeftover(queue: evidence.topology.requestQueue, messages: 1, consumers: 0)]
    #expect(!Passages(evidence).leavesResults && !Passages(evidence).leavesRequests, "who consumes it will get it")
  }
}

extension Transcript {
  /// The transcript without what the broker delivered.
  fileprivate var withoutDeliveries: Transcript {
    var changed = self
    var isInDelivery = false
    changed.entries = entries.filter { entry in
      guard entry.direction == .fromBroker else { return true }
      switch entry.frame.kind {
      case .method(let method): isInDelivery = method.name == "basic.deliver"
      case .header, .body: break
      default: isInDelivery = false
      }
      return !isInDelivery
    }
    return changed
  }
}
