package import InteropJudge
package import InteropModel
internal import InteropReport
package import InteropRunner
package import InteropSupport
internal import Logging
package import SyRPCWire
package import WireTap

/// Records the connections of a live peer, as client and as server, in every scenario of `scenarios.json`.
package struct TranscriptRecorder: Sendable {
  /// A recording, by the name of its file.
  package struct Recording: Sendable {
    package let name: String
    package let transcript: Transcript
  }

  private let peer: String
  private let contract: Contract
  private let judge: Judge
  private let environment: RunEnvironment
  private let keepsGoing: Bool

  /// A recorder.
  ///
  /// - Parameters:
  ///   - peer: whose connections are recorded.
  ///   - contract: what the cells are held to.
  ///   - judge: says whether a cell is as expected.
  ///   - environment: where the run takes place; the app names are fixed, so the broker has to be the run's own.
  ///   - keepsGoing: whether what is not as expected is recorded all the same.
  package init(
    peer: String, contract: Contract, judge: Judge, environment: RunEnvironment, keepsGoing: Bool = false
  ) {
    self.peer = peer
    self.contract = contract
    self.judge = judge
    self.environment = environment
    self.keepsGoing = keepsGoing
  }

  /// Records.
  ///
  /// - Parameter scripts: what the peer is made to do.
  /// - Returns: the recordings in their canonical form, and a line for everything that was not recorded.
  /// - Throws: ``InteropError`` with the first cell that was not as expected; `CancellationError`.
  package func record(_ scripts: [RecordingScript]) async throws -> (recordings: [Recording], notes: [String]) {
    let pool = SessionPool(environment)
    let inspector = BrokerInspector(
      environment.broker.address, isTidy: true, Logger(label: "syrpc.recording") { _ in SwiftLogNoOpLogHandler() })
    do {
      let recorded = try await record(scripts, pool, inspector)
      await inspector.close()
      await pool.end()
      return recorded
    } catch {
      await inspector.close()
      await pool.end()
      throw error
    }
  }

  private func record(
    _ scripts: [RecordingScript], _ pool: SessionPool, _ inspector: BrokerInspector
  ) async throws -> (recordings: [Recording], notes: [String]) {
    var recordings: [Recording] = []
    var notes: [String] = []
    for script in scripts {
      if let reason = script.exceptions[peer] {
        notes.append("\(peer), \(script.name): not recorded: \(reason)")
        continue
      }
      for side in [RecordedConversation.Side.server, .client] {
        try Task.checkCancellation()
        let (evidence, transcripts) = try await pool.recording(
          of: peer, side, script, contract, environment, inspector)
        let result = judge.judge(evidence)
        if result.verdict.isUnexpected || evidence.roles.hasFailed(of: side) {
          guard keepsGoing else { throw InteropError.notAsExpected(result) }
          notes.append(InteropError.notAsExpected(result, wasWritten: true).message)
        }
        guard transcripts.count == 1, let transcript = transcripts.first else {
          notes.append(
            "\(peer), \(script.name), \(side.rawValue): not recorded: a recording is one connection, and it has "
              + "\(transcripts.count)")
          continue
        }
        recordings.append(try recording(transcript, script, side, evidence))
      }
    }
    return (recordings, notes)
  }

  private func recording(
    _ transcript: Transcript, _ script: RecordingScript, _ side: RecordedConversation.Side, _ evidence: Evidence
  ) throws -> Recording {
    var facts: JSONObject = ["scenario": .string(script.name)]
    if let identity = evidence.roles[side.roles[0]].identity {
      facts["implementation"] = .string(identity.implementation)
      facts["runtime"] = .string(identity.runtime)
      facts["libraries"] = .object(JSONObject(identity.libraries.sorted { $0.key < $1.key }))
    }
    facts["broker"] = .string("\(environment.broker.identity)")
    facts["settings"] = script.settings(of: peer)
    return try Recording(transcript, of: peer, side, facts)
  }
}

extension TranscriptRecorder.Recording {
  /// A recording of a connection, in its canonical form.
  ///
  /// - Parameters:
  ///   - transcript: of the connection.
  ///   - peer: whose it is.
  ///   - side: which part of the calls it did.
  ///   - facts: scenario, settings and versions.
  /// - Throws: ``InteropError`` that names the file, if the facts are not those of a recording.
  package init(
    _ transcript: Transcript, of peer: String, _ side: RecordedConversation.Side, _ facts: JSONObject
  ) throws(InteropError) {
    var transcript = transcript
    transcript.head = Transcript.Head(
      connection: side.connection, role: side.rawValue, peer: peer, broker: "", facts: facts)
    let scenario = facts["scenario"]?.stringValue ?? "unnamed"
    name = "\(peer)-\(scenario)-\(side.rawValue)-\(side.connection).jsonl"
    let topology = try RecordedSettings(transcript.head, name).topology
    self.transcript = transcript.canonical(
      replacing: RecordedIDs.replacements(in: transcript, index: topology.resultQueueIndex(for:)))
  }

  /// Writes its file.
  ///
  /// - Throws: ``InteropError``.
  package func write(into folder: String) throws {
    try Files.write(try transcript.jsonLines(), to: folder / name)
  }
}

extension InteropError {
  /// Why a recording ends at a cell.
  static func notAsExpected(_ result: CellResult, wasWritten: Bool = false) -> InteropError {
    let lines = RunSummary.lines(result) + (result.skipReason.map { ["      \($0)"] } ?? [])
    let consequence = wasWritten ? "recorded, though" : "nothing was written, since"
    let hint = wasWritten ? "" : "\n--keep-going --output FOLDER records what it does all the same, into another folder"
    return InteropError("\(consequence) a cell was not as expected:\n\(lines.joined(separator: "\n"))\(hint)")
  }
}

extension PerRole<RoleEvidence> {
  /// Whether the recorded peer did not do what it was told: half a conversation is no recording.
  fileprivate func hasFailed(of side: RecordedConversation.Side) -> Bool {
    side.roles.contains { self[$0].hasFailed }
  }
}
