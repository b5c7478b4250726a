internal import InteropJudge
internal import InteropModel

extension Judge {
  /// Whether the check that a mutation is for says the same in its cell in any case: it fails, as a listed divergence, or is
  /// skipped, since the peer names no golden set. `known` is what peers said of themselves, by their names.
  func lists(_ cell: Cell, _ mutation: Mutation, _ known: [String: PeerIdentity]) -> Bool {
    let identities = Role.allCases.reduce(into: [:]) { $0[$1] = known[cell.combination[$1]] }
    if mutation.check == GoldenMessages.check, let peer = identities[mutation.role], peer.golden == nil { return true }
    return lists(mutation.check, of: mutation.role, in: cell, identities)
  }

  /// What the check says that a mutation is for, and whom other checks blame.
  func outcome(of planting: Planting, _ evidence: Evidence) -> Planting.Outcome {
    let mutation = planting.mutation
    let result = judge(evidence)
    let role = mutation.isNamed ? mutation.role : nil
    guard let finding = result.findings.first(where: { $0.check == mutation.check && $0.role == role }) else {
      return .missed("there is no such check of this role")
    }
    guard [.fail, .note, .affected].contains(finding.verdict), finding.peer == (role.map { _ in planting.peer })
    else {
      return .missed("\(finding.verdict.rawValue): \(finding.observed)")
    }
    // A recording of a client plays two roles.
    var culprits = [mutation.role, mutation.accomplice]
    if evidence.roles[mutation.role].replay != nil { culprits += evidence.replayedRoles }
    // What became of others is affected, and no blame; what is left is.
    let blamed = result.findings.filter { finding in
      finding.verdict == .fail && finding.role != nil && !culprits.contains(finding.role)
    }
    let found = result.findings.filter { $0.verdict == .fail || $0.verdict == .note }
    return .caught(
      blamed: blamed.map { "\($0.role?.rawValue ?? ""): \($0.check), observed \($0.observed)" },
      alone: found.allSatisfy { $0.check == mutation.check || $0.explanation != .itself })
  }
}

extension Evidence {
  fileprivate var replayedRoles: [Role?] { Role.allCases.filter { roles[$0].replay != nil } }
}
