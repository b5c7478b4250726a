internal import InteropJudge
package import InteropSupport
package import SyRPCWire

extension Report {
  /// The whole report. What follows from the cells - totals, blame, notes - is there for readers that do not count.
  ///
  /// - Throws: `EncodingError`.
  package func json() throws -> JSON {
    func counts(replayed: Bool) -> JSON {
      .object(JSONObject(totals(replayed: replayed).map { ($0.verdict.rawValue, .integer(Int64($0.count))) }))
    }
    var members: JSONObject = [
      "schema": .integer(Int64(Self.schema)), "run": try JSON(encoding: run), "peers": try JSON(encoding: peers),
      "totals": counts(replayed: false), "replayed": counts(replayed: true), "as_expected": .bool(isAsExpected),
    ]
    members["ended_early"] = endedEarly.map(JSON.string)
    members["divergence_problems"] = try JSON(encoding: divergenceProblems)
    members["unjudged"] = try JSON(encoding: unjudged)
    members["blame"] = .array(try BlameList(self).entries.map { try JSON(encoding: $0) })
    members["notes"] = .array(try NoteList(self).notes.map { try JSON(encoding: $0) })
    members["scenarios"] = try JSON(encoding: scenarios)
    members["checks"] = try JSON(encoding: checks)
    members["divergences"] = try JSON(encoding: divergences)
    members["findings"] = try JSON(encoding: findings)
    members["cells"] = try JSON(encoding: cells)
    members["messages"] = try JSON(encoding: messages)
    if let shard { members["shard"] = try JSON(encoding: shard) }
    return .object(members)
  }

  /// The report of a file.
  ///
  /// - Throws: ``InteropError`` that names the file, and what of it is no report.
  package static func read(_ path: String) throws(InteropError) -> Report {
    try Report(try Files.readJSON(path), of: path)
  }

  /// A report that was read.
  ///
  /// - Parameters:
  ///   - json: what was read.
  ///   - source: where from, for messages.
  /// - Throws: ``InteropError`` that says what of it is no report.
  package init(_ json: JSON, of source: String) throws(InteropError) {
    guard json["schema"]?.integerValue == Int64(Self.schema) else {
      throw InteropError("\(source) is no report of schema \(Self.schema)")
    }
    func part<Value: Decodable>(_ key: String) throws(InteropError) -> Value {
      guard let part = json[key] else { throw InteropError("\(source) is no report: it has no \"\(key)\"") }
      do { return try part.decoded() } catch { throw InteropError("\(source) is no report: \"\(key)\": \(error)") }
    }
    self.init(
      run: try part("run"), peers: try part("peers"), scenarios: try part("scenarios"), checks: try part("checks"),
      divergences: try part("divergences"), findings: try part("findings"), cells: try part("cells"),
      messages: try part("messages"), divergenceProblems: try part("divergence_problems"),
      unjudged: try part("unjudged"), endedEarly: json["ended_early"]?.stringValue,
      shard: json["shard"] == nil ? nil : try part("shard"))
    if let shard, shard.places.count != cells.count {
      throw InteropError("\(source) is no report: \(shard.name) has not a place for each of its cells")
    }
    for finding in findings {
      guard finding.divergence.map(divergences.indices.contains) ?? true else {
        throw InteropError("\(source) is no report: a finding of \(finding.check) has a divergence that is not there")
      }
    }
    for cell in cells {
      guard cell.findings.allSatisfy(findings.indices.contains) else {
        throw InteropError("\(source) is no report: \(cell.name) has a finding that is not there")
      }
    }
  }
}
