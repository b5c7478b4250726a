/// The rules of a tap for what it does to its connections.
///
/// Several combine. Of several delays (throttles, splits) for a connection and a direction the first counts; of several
/// ends (cut, stall, drop) the one whose frame comes first. They apply to what was recorded, after it was recorded.
package struct TapFaults: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  package let rules: [TapFault]

  package init(_ rules: [TapFault]) { self.rules = rules }
  package init(arrayLiteral rules: TapFault...) { self.rules = rules }

  /// Reads rules that are separated by commas: `split,delay=5ms@to-broker,cut@from-broker:12#0`.
  ///
  /// - Throws: ``FaultSyntaxError`` that names the rule, and what is wrong with it; also where one has no effect, since
  ///   others before it say something else for all that it is for.
  package init(parsing text: String) throws(FaultSyntaxError) {
    var rules: [TapFault] = []
    for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      let trimmed = part.drop { $0 == " " }
      let rule = trimmed.prefix(upTo: trimmed.lastIndex { $0 != " " }.map(trimmed.index(after:)) ?? trimmed.startIndex)
      let fault = try FaultParser(number: index + 1, rule: rule).parse()
      if let before = rules.first(where: { $0.covers(fault) }) {
        throw FaultSyntaxError(
          number: index + 1, rule: String(rule), problem: "it has no effect, since \(before) comes before it")
      }
      rules.append(fault)
    }
    self.rules = rules
  }

  package var isEmpty: Bool { rules.isEmpty }
  /// The rules as they are read.
  package var description: String { rules.map(\.description).joined(separator: ",") }

  /// How much later than without the rules the last of some answers is there, on the connection that is slowed down most.
  ///
  /// - Parameters:
  ///   - roundTrips: how many answers are waited for, one after the other.
  ///   - bytes: how many bytes go in each direction, all in all.
  /// - Returns: the time, at most; that for ends (cut, stall, drop, refuse) is none.
  package func slowdown(roundTrips: Int, bytes: Int) -> Duration {
    // Those that have rules of their own, and one that has none.
    let connections = Set(rules.compactMap(\.connection) + [(rules.compactMap(\.connection).max() ?? 0) + 1])
    return connections.map { number in
      Transcript.Direction.allCases.reduce(.zero) {
        $0 + (shaping(number, $1)?.slowdown(roundTrips: roundTrips, bytes: bytes) ?? .zero)
      }
    }.max() ?? .zero
  }

  /// How bytes of a direction pass; nil if as they come.
  func shaping(_ connection: Int, _ direction: Transcript.Direction) -> FaultShaping? {
    var shaping = FaultShaping()
    for rule in rules.reversed() where rule.isMeant(for: connection) {
      if case .shape(let shape, let place) = rule.effect, place ?? direction == direction { shaping.set(shape) }
    }
    return shaping == FaultShaping() ? nil : shaping
  }

  /// What ends the passing of bytes of a direction.
  func gate(_ connection: Int, _ direction: Transcript.Direction) -> FaultGate? {
    rules.compactMap { rule -> FaultGate? in
      guard case .stop(let stop, direction, let frames) = rule.effect, rule.isMeant(for: connection) else { return nil }
      return FaultGate(stop, afterFrames: frames)
    }.min { $0.limit < $1.limit }
  }

  /// Whether a connection is reset at once.
  func refuses(_ connection: Int) -> Bool { rules.contains { $0.effect == .refuse && $0.isMeant(for: connection) } }
}

extension TapFault {
  fileprivate func isMeant(for number: Int) -> Bool { connection ?? number == number }

  /// Whether a later rule can add nothing to this one.
  fileprivate func covers(_ later: TapFault) -> Bool {
    guard connection == nil || connection == later.connection else { return false }
    switch (effect, later.effect) {
    case (.shape(let mine, let direction), .shape(let other, let otherDirection)):
      return mine.isOfKind(of: other) && (direction == nil || direction == otherDirection)
    case (.stop(_, let direction, let frames), .stop(_, let otherDirection, let otherFrames)):
      return direction == otherDirection && frames <= otherFrames
    case (.refuse, .refuse): return true
    default: return false
    }
  }
}

extension TapFault.Shape {
  fileprivate func isOfKind(of other: Self) -> Bool {
    switch (self, other) {
    case (.delay, .delay), (.throttle, .throttle), (.split, .split): true
    default: false
    }
  }
}
