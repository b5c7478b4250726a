internal import Foundation
internal import InteropJudge
internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// Peers that do not take what there is for them, or take it otherwise.
///
/// One that consumes nothing would wait until its time is over; that is left out of what was recorded.
extension Mutation {
  static let takings: [Mutation] = [
    unseen("nothing-consumed", .server, fails: "consume.request", in: .echo),
    unseen("nothing-consumed-later", .server, fails: "consume.request", in: .clientFirst),
    unseen("nothing-consumed", .getter, fails: "consume.result", in: .echo),
    unseen("nothing-consumed-later", .getter, fails: "consume.result", in: .clientFirst),
    waitedOn("waited-on", in: .echo), waitedOn("waited-on-twice", in: .collision),
    edits("malformed-given-back", .getter, fails: "ack.malformed", in: .malformedResult, .toBroker, "basic.ack") {
      unit, _ in
      // The first one is what is malformed; the client numbers its deliveries from 1.
      guard unit.fields["delivery-tag"] != 1 else { return .pass(unit.rejection(requeue: true)) }
      guard unit.fields["multiple"] == true else { return .pass(unit) }
      var (first, rest) = (unit, unit)
      first.fields["delivery-tag"] = 1
      rest.fields["multiple"] = false
      return .pass(first.rejection(requeue: true), rest)
    },
    repeated("many", .server), repeated("many", .getter),
    sends("limited", .getter, fails: "consumer.prefetch", "basic.qos") { unit, _ in unit.fields["prefetch-count"] = 1 },
  ]

  private static func unseen(_ label: String, _ role: Role, fails check: String, in scenario: Scenario) -> Mutation {
    Mutation(
      label, role, fails: check, in: scenario,
      .record { evidence in
        evidence.roles[role].conversations = evidence.roles[role].conversations.map { conversation in
          conversation.changed { entries in
            entries.removeAll { $0.isSent("basic.consume") || $0.isSent("basic.get") }
          }
        }
      })
  }

  /// As if it had been given its result, and had not noticed.
  private static func waitedOn(_ label: String, in scenario: Scenario) -> Mutation {
    Mutation(
      label, .getter, fails: "take.result", in: scenario,
      .record { evidence in
        for message in evidence.roles.getter.delivered.map(\.message) {
          guard let id = message.resultID, let moment = message.moment else { continue }
          evidence.roles.getter.waits.append(
            ResultWait(
              resultID: id, started: moment.addingTimeInterval(-1), due: moment.addingTimeInterval(5),
              ended: moment.addingTimeInterval(5), isVain: true))
        }
      })
  }

  /// As if it had started more consumers than it can use.
  private static func repeated(_ label: String, _ role: Role) -> Mutation {
    Mutation(
      label, role, fails: "consumer.count",
      .record { evidence in
        evidence.roles[role].conversations = evidence.roles[role].conversations.map { conversation in
          conversation.changed { entries in
            let consumers = entries.filter { $0.isSent("basic.consume") }
            for _ in 0..<4 { entries += consumers }
          }
        }
      })
  }
}

extension Conversation {
  fileprivate func changed(_ change: (inout [Transcript.Entry]) -> Void) -> Conversation {
    var transcript = transcript
    change(&transcript.entries)
    return Conversation(transcript)
  }
}

extension Transcript.Entry {
  fileprivate func isSent(_ method: String) -> Bool { direction == .toBroker && frame.method?.name == method }
}
