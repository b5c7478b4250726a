internal import InteropModel
internal import InteropSupport

/// What a step would cost while both states run: messages that wait for one who cannot read them, and declarations that clash.
package struct Loss: Sendable, Hashable {
  package enum Kind: String, Sendable, Codable {
    case requests, results, declarations
  }

  package let kind: Kind
  /// Whose: true for what the later state wrote or met.
  package let isOfNew: Bool
  package let text: String
  /// The peers that it happened to.
  package let peers: [String]
  /// The cells that show it.
  package let cells: [String]
}

extension StepResult {
  /// What was lost in the cells in which requests and results wait, and what the broker refused, each once.
  package var losses: [Loss] {
    var losses: [Loss] = []
    func note(_ kind: Loss.Kind, ofNew: Bool, _ text: String, _ cell: MixedCell, _ role: Role) {
      let place = losses.firstIndex { $0.kind == kind && $0.isOfNew == ofNew && $0.text == text }
      let known = place.map { losses[$0] }
      let loss = Loss(
        kind: kind, isOfNew: ofNew, text: text, peers: ((known?.peers ?? []) + [cell.cell.combination[role]]).uniqued(),
        cells: (known?.cells ?? []) + [cell.cell.name])
      if let place { losses[place] = loss } else { losses.append(loss) }
    }
    func age(_ isNew: Bool) -> String { isNew ? after.name : before.name }
    for cell in counting where cell.mixture.isMixed {
      guard let passages = cell.passages else { continue }
      let mixture = cell.mixture
      let waits = cell.cell.scenario == .apart
      if waits, mixture.putter != mixture.server, let text = passages.request.loss(passages.requestFate, "server") {
        note(
          .requests, ofNew: mixture.putter,
          "requests of \(age(mixture.putter)) putters that wait for \(age(mixture.server)) servers \(text)", cell,
          .server)
      }
      if waits, mixture.server != mixture.getter, let text = passages.result.loss(passages.resultFate, "getter") {
        note(
          .results, ofNew: mixture.server,
          "results of \(age(mixture.server)) servers that wait for \(age(mixture.getter)) getters \(text)", cell,
          .getter)
      }
      if passages.leavesRequests {
        note(
          .requests, ofNew: mixture.putter,
          "of requests of \(age(mixture.putter)) putters a copy stays in another queue, whose servers answer it again",
          cell, .putter)
      }
      if passages.leavesResults {
        note(
          .results, ofNew: mixture.server,
          "of results of \(age(mixture.server)) servers a copy stays in another queue until its time is over", cell,
          .server)
      }
      for (role, text) in passages.exceptions {
        note(
          .declarations, ofNew: mixture[role], "\(age(mixture[role])) \(role.rawValue)s: \(text.withoutNames)", cell,
          role)
      }
    }
    return losses.sorted {
      ($0.kind.rawValue, $0.isOfNew ? 1 : 0, $0.text) < ($1.kind.rawValue, $1.isOfNew ? 1 : 0, $1.text)
    }
  }
}

extension Passage {
  /// What is lost of a message that waits; nil if nothing is.
  fileprivate func loss(_ fate: Fate?, _ reader: String) -> String? {
    switch self {
    case .read, .unreached, .late: nil
    case .unread:
      fate == .lost
        ? "are lost: the \(reader) takes them out and cannot read them"
        : "stay in their queue: the \(reader) fails at them"
    case .misplaced:
      reader == "getter" ? "are lost when their time is over: they are in another queue" : "stay in another queue"
    case .refused:
      reader == "getter"
        ? "cannot be put, or are lost when their time is over: the broker refuses the queue"
        : "stay in their queue: the broker refuses it"
    }
  }
}

extension String {
  /// What a broker said, without the names of queues and virtual hosts: these differ from cell to cell.
  var withoutNames: String {
    replacing(#/(queue|exchange) '[^']*'/#) { "\($0.output.1)" }.replacing(#/ in vhost '[^']*'/#, with: "")
  }
}
