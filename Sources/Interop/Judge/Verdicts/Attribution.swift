internal import Foundation
package import InteropModel

/// A cause: which check of whose doing failed.
package struct Blame: Hashable, Sendable, Codable, CustomStringConvertible {
  package let peer: String
  package let role: Role
  package let check: String

  package init(peer: String, role: Role, check: String) {
    self.peer = peer
    self.role = role
    self.check = check
  }

  package var description: String { "\(peer) as \(role.rawValue), \(check)" }
}

/// Why a check failed.
package enum Explanation: Hashable, Sendable {
  /// The peer did that itself: a cause.
  case itself
  /// It follows from another failure of the same role.
  case follows(Blame)
  /// It became of the peer since another one did something wrong.
  case affected(Blame)
  /// No frame explains it.
  case nobody
}

/// Tells causes from consequences among the findings of one cell.
struct Attribution {
  private let evidence: Evidence
  private let failed: [Finding]
  /// The failed checks of each role.
  private let checks: [Role: Set<String>]
  /// What may explain consequences: in wire order, what is about no frame last.
  private let causes: [Finding]

  init(_ findings: [Finding], _ evidence: Evidence) {
    self.evidence = evidence
    failed = findings.filter { $0.verdict == .fail }
    var checks: [Role: Set<String>] = [:]
    for finding in failed { if let role = finding.role { checks[role, default: []].insert(finding.check) } }
    self.checks = checks
    causes = failed.filter { finding in
      guard let role = finding.role, finding.level != .informational, let checks = checks[role],
        Causality.consequences[finding.check] == nil, Causality.root(of: finding.check, among: checks) == nil
      else { return false }
      // What itself hurts nobody may have something follow from it that does.
      return checks.contains {
        Causality.mayHurt($0) && (Causality.root(of: $0, among: checks) ?? $0) == finding.check
      }
    }.sorted { $0.precedes($1) }
  }

  /// The findings, each failed one with its explanation; one that another peer's cause explains is *affected*.
  static func explained(_ findings: [Finding], _ evidence: Evidence) -> [Finding] {
    let attribution = Attribution(findings, evidence)
    guard !attribution.failed.isEmpty else { return findings }
    return findings.map { finding in
      guard finding.verdict == .fail else { return finding }
      var explained = finding
      explained.explanation = attribution.explanation(of: finding)
      if case .affected = explained.explanation { explained.verdict = .affected }
      return explained
    }
  }

  private func explanation(of finding: Finding) -> Explanation {
    let root = finding.role.flatMap { Causality.root(of: finding.check, among: checks[$0] ?? []) }
    if let changed = changedData(before: root ?? finding.check, finding) { return .affected(changed) }
    if let role = finding.role, let root {
      return .follows(Blame(peer: evidence.roles[role].peer, role: role, check: root))
    }
    guard let fallback = Causality.consequences[finding.check] else { return .itself }
    if let own = causes.first(where: { $0.role == finding.role })?.blame { return .follows(own) }
    if let other = causes.first(where: { $0.role != finding.role })?.blame { return .affected(other) }
    // What is nobody's in particular follows from whatever became of the call.
    if finding.role == nil, let own = failed.first(where: isOwnFailure)?.blame { return .affected(own) }
    if let role = finding.role, fallback == .own, !isTimeout(finding.check, role) { return .itself }
    // What a peer did not get in time, though nobody did anything wrong, may be another's own failure.
    if let other = failed.first(where: { $0.role != finding.role && isOwnFailure($0) })?.blame {
      return .affected(other)
    }
    return .nobody
  }

  /// Who has put other data in place of the payload before this role got it, if its check is about what it made of them: it may
  /// be what nobody can read, such as a number that has become too large for a double.
  private func changedData(before check: String, _ finding: Finding) -> Blame? {
    guard Causality.handling.contains(check) else { return nil }
    let earlier: [String: Role] =
      switch finding.role {
      case .server: ["payload.request": .putter]
      case .getter: ["payload.request": .putter, "payload.result": .server]
      default: [:]
      }
    return failed.first { $0.peer != finding.peer && $0.role != nil && earlier[$0.check] == $0.role }?.blame
  }

  /// Whether it is a consequence that nothing explains but whoever it became of.
  private func isOwnFailure(_ finding: Finding) -> Bool {
    guard let role = finding.role, Causality.consequences[finding.check] == .own else { return false }
    return !isTimeout(finding.check, role)
  }

  /// The operations in which a peer waits for what others do.
  private static let waiting: Set<String> = ["serve", "get_result"]

  /// Whether a role's operation failed since its time was over, and for no other reason.
  private func isTimeout(_ check: String, _ role: Role) -> Bool {
    guard let operation = Rule.operations[check], Self.waiting.contains(operation) else { return false }
    let errors = evidence.roles[role].outcomes.filter { $0.operation == operation }.compactMap(\.error)
    return !errors.isEmpty && errors.allSatisfy { $0.kind == .timeout }
  }
}

extension Finding {
  package var blame: Blame? {
    guard let role, let peer else { return nil }
    return Blame(peer: peer, role: role, check: check)
  }

  /// Whether its first frame was sent before another's.
  func precedes(_ other: Finding) -> Bool {
    switch (since, other.since) {
    case (let mine?, let its?) where mine != its: mine < its
    case (_?, nil): true
    case (nil, _?): false
    default: (role ?? .getter) < (other.role ?? .getter)
    }
  }
}
