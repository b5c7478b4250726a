internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// What the terminal shows of a proposal, in lines of at most 80 characters as far as words allow.
extension ProposalVerdict {
  private static let width = 80

  package var lines: [String] {
    var lines = (direct?.lines ?? [])
    for (number, step) in phased.enumerated() {
      if number == 0 { lines += ["", "through the phases:"] }
      lines.append(
        "  \(step.before.name) to \(step.after.name) (\(step.after.about)): \(step.order?.rawValue ?? "no order works"), "
          + step.cells.count.counted("cell"))
      // Why it is not as simple as it could be.
      if step.order != .anyOrder { lines += step.mixtureLines.map { "  \($0)" } }
    }
    if !absent.isEmpty {
      lines += ["", "nothing is known of these, which are not live here:"]
      lines += absent.map { "  \($0.peer): \($0.reason.split(separator: "\n").last.map { String($0).visible } ?? "")" }
    }
    lines += ["", conclusion]
    for (number, step) in plan.enumerated() { lines.append("  \(number + 1). \(step)") }
    if let roles = direct?.table.orderOfRoles, direct?.order == nil, order != nil {
      let names = roles.map { "\($0.rawValue)s" }.joined(separator: ", then ")
      lines.append("  Where putters and getters are deployed apart, at once: \(names).")
    }
    if let expected = proposal.expects, expected != order {
      lines.append("the proposal expects: \(expected.rawValue)")
    }
    return lines.flatMap { $0.wrapped(to: Self.width, indent: 2) }
  }

  private var conclusion: String {
    if let order { return "\(proposal.name): \(order.rawValue)" }
    switch isWorkable {
    case .fails: return "\(proposal.name): it does not work, even among new peers"
    default: return "\(proposal.name): not decided: not all cells were run to their end"
    }
  }
}

extension StepResult {
  /// A step: what a registry would say, which mixtures work, and what is lost meanwhile.
  package var lines: [String] {
    var lines = ["from \(before.name) (\(before.about)) to \(after.name) (\(after.about)):"]
    lines += [("requests", requests), ("results", results), ("topology", topology)].map { name, compatibility in
      "  \(name.padded(10))\(compatibility.rawValue)\(compatibility == .unknown ? ": none arrived that could be read" : "")"
    }
    return lines + [""] + details
  }

  /// Which mixtures work, why others do not, and what is lost meanwhile.
  package var details: [String] {
    var lines = mixtureLines
    let losses = losses
    if !losses.isEmpty {
      // What an order that works avoids.
      lines += ["", order == nil ? "  while both run:" : "  in another order:"]
      lines += losses.map { "    \($0.text.visible) (\($0.peers.joined(separator: ", ")))" }
    }
    if disregarded > 0 {
      lines.append(
        "  \(disregarded.counted("cell")) left out: \(failing.map(\.peer).joined(separator: ", ")) "
          + "\(failing.count == 1 ? "fails" : "fail") in them without any change")
      let unseen = failing.filter(\.isLeftOut).map(\.peer)
      if !unseen.isEmpty { lines.append("  so nothing is known of \(unseen.joined(separator: ", "))") }
    }
    return lines
  }

  /// Which mixtures work, and why others do not.
  fileprivate var mixtureLines: [String] {
    var lines: [String] = []
    let names = Mixture.all.map { $0.shown(before.name, after.name) }
    let width = (names.map(\.count).max() ?? 0) + 2
    lines.append("  putter-server-getter")
    for (mixture, name) in zip(Mixture.all, names) {
      let cells = counting.filter { $0.mixture == mixture }
      let failed = cells.filter { $0.truth == .fails }
      let count = failed.isEmpty ? "\(cells.count)" : "\(failed.count) of \(cells.count)"
      let open = cells.count { $0.truth == .unknown }
      lines.append(
        "  \(name.padded(max(width, 22)))\(table[mixture].rawValue.padded(9))\(count.counted(cells.count))"
          + (open == 0 ? "" : ", \(open) not run"))
    }
    for (reason, cells) in reasons {
      lines += ["", "  \(reason.visible)"]
      lines += cells.prefix(2).map { "    \($0)" }
      if cells.count > 2 { lines.append("    and \((cells.count - 2).counted("other cell"))") }
    }
    return lines
  }

  /// Why cells failed, each reason with its cells; those of most cells first.
  private var reasons: [(reason: String, cells: [String])] {
    var reasons: [(reason: String, cells: [String])] = []
    for cell in counting where cell.truth == .fails {
      let reason =
        cell.mixture.isMixed
        ? cell.reason.withoutNames : "\(cell.mixture.shown(before.name, after.name)): \(cell.reason)"
      if let place = reasons.firstIndex(where: { $0.reason == reason }) {
        reasons[place].cells.append(cell.cell.name)
      } else {
        reasons.append((reason, [cell.cell.name]))
      }
    }
    return reasons.sorted { $0.cells.count > $1.cells.count }
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  fileprivate func counted(_ number: Int) -> String { "\(self) cell\(number == 1 ? "" : "s")" }
}
