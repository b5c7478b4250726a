internal import InteropJudge
internal import InteropModel
internal import SyRPCWire

extension Report.Check.Count: Codable {
  private enum CodingKeys: String, CodingKey { case peer, role }

  /// A verdict as a key.
  private struct VerdictKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ verdict: Verdict) { stringValue = verdict.rawValue }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      peer: try members.decodeIfPresent(String.self, forKey: .peer),
      role: try members.decodeIfPresent(Role.self, forKey: .role))
    let counts = try decoder.container(keyedBy: VerdictKey.self)
    for verdict in Verdict.allCases {
      verdicts[verdict] = try counts.decodeIfPresent(Int.self, forKey: VerdictKey(verdict))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encodeIfPresent(peer, forKey: .peer)
    try members.encodeIfPresent(role, forKey: .role)
    var counts = encoder.container(keyedBy: VerdictKey.self)
    for verdict in Verdict.allCases where self[verdict] > 0 {
      try counts.encode(self[verdict], forKey: VerdictKey(verdict))
    }
  }
}

extension Report.Cell: Codable {
  enum CodingKeys: String, CodingKey {
    case putter, server, getter, scenario, payload, recording, verdict, conformance, blame, reason, folder, unkept
    case milliseconds, passed, findings
    case isUnexplained = "unexplained"
    case repeatCommand = "repeat"
    case appName = "app_name"
    case cellsBefore = "cells_before"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ key: CodingKeys) throws -> String? { try members.decodeIfPresent(String.self, forKey: key) }
    let ages = try members.decodeIfPresent(JSONObject.self, forKey: .cellsBefore)
    self.init(
      combination: Combination(
        putter: try members.decode(String.self, forKey: .putter),
        server: try members.decode(String.self, forKey: .server),
        getter: try members.decode(String.self, forKey: .getter)),
      scenario: try members.decode(String.self, forKey: .scenario),
      payload: try members.decode(String.self, forKey: .payload), recording: try text(.recording),
      verdict: try members.decode(Verdict.self, forKey: .verdict),
      conformance: try members.decode(Verdict.self, forKey: .conformance),
      blame: try members.decodeIfPresent([Blame].self, forKey: .blame) ?? [],
      isUnexplained: try members.decodeIfPresent(Bool.self, forKey: .isUnexplained) ?? false,
      reason: try text(.reason), folder: try text(.folder), unkept: try text(.unkept),
      milliseconds: try members.decode(Int.self, forKey: .milliseconds),
      repeatCommand: try members.decode(String.self, forKey: .repeatCommand), appName: try text(.appName),
      cellsBefore: ages.map { ages in
        PerRole(putter: Role.putter, server: .server, getter: .getter).map { role in
          ages[role.rawValue]?.integerValue.map { Int($0) }
        }
      },
      passed: try members.decode(Int.self, forKey: .passed),
      findings: try members.decodeIfPresent([Int].self, forKey: .findings) ?? [])
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(combination.putter, forKey: .putter)
    try members.encode(combination.server, forKey: .server)
    try members.encode(combination.getter, forKey: .getter)
    try members.encode(scenario, forKey: .scenario)
    try members.encode(payload, forKey: .payload)
    try members.encodeIfPresent(recording, forKey: .recording)
    try members.encode(verdict, forKey: .verdict)
    try members.encode(conformance, forKey: .conformance)
    if !blame.isEmpty { try members.encode(blame, forKey: .blame) }
    if isUnexplained { try members.encode(true, forKey: .isUnexplained) }
    try members.encodeIfPresent(reason, forKey: .reason)
    try members.encodeIfPresent(folder, forKey: .folder)
    try members.encodeIfPresent(unkept, forKey: .unkept)
    try members.encode(milliseconds, forKey: .milliseconds)
    try members.encode(repeatCommand, forKey: .repeatCommand)
    try members.encodeIfPresent(appName, forKey: .appName)
    if let cellsBefore {
      let ages = Role.allCases.compactMap { role in
        cellsBefore[role].map { (key: role.rawValue, value: JSON.integer(Int64($0))) }
      }
      try members.encode(JSONObject(ages), forKey: .cellsBefore)
    }
    try members.encode(passed, forKey: .passed)
    if !findings.isEmpty { try members.encode(findings, forKey: .findings) }
  }
}
