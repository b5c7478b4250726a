internal import InteropJudge
internal import InteropModel
internal import InteropReport
internal import InteropSupport
internal import SyRPCWire

/// Keeps what is needed to understand a cell, and to judge it again: the evidence, each side's log, and the findings.
struct CellFolder {
  let evidence: Evidence
  let result: CellResult
  let environment: RunEnvironment

  /// Writes the folder.
  ///
  /// - Returns: its path, relative to the report's folder.
  /// - Throws: ``InteropError``.
  func write(logs: PerRole<[UInt8]>, commands: PerRole<PeerCommand?>) throws -> String {
    let name = "cells/\(evidence.cell.name)"
    let folder = environment.output / name
    try Files.remove(folder)
    for role in Role.allCases {
      try Files.write(head(role, commands[role]) + logs[role], to: folder / "\(role.rawValue).log")
    }
    try EvidenceFolder(folder).write(evidence, broker: environment.broker.rabbitMQ)
    var kept = result
    kept.folder = name
    try Files.write(try kept.json.indented(), to: folder / "cell.json")
    return name
  }

  /// Every log is headed by what ran, where, and in which versions.
  private func head(_ role: Role, _ command: PeerCommand?) -> [UInt8] {
    let peer = evidence.roles[role]
    var lines = ["# \(peer.peer) as \(role.rawValue) in \(evidence.cell.name)"]
    if let command { lines += ["# command: \(command.line)", "# folder: \(command.folder)"] }
    if let identity = peer.identity {
      let versions = [identity.implementation, identity.runtime] + identity.libraries.pairs()
      lines.append("# versions: \(versions.joined(separator: ", "))")
      let settings = identity.settings.pairs("=")
      if !settings.isEmpty { lines.append("# settings: \(settings.joined(separator: ", "))") }
    }
    lines += peer.outcomes.map { "# \($0.operation): \($0.error?.description ?? "success")" }
    // What a peer says of itself must not pass for another line of the head.
    return Array((lines.map(\.visible) + ["", ""]).joined(separator: "\n").utf8)
  }
}
