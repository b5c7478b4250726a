/// Judges cells, and keeps what was recorded of those that are not as expected.
struct CellJudging: Sendable {
  let judge: Judge
  let environment: RunEnvironment
  /// Sees each cell's evidence before it is judged.
  let witness: @Sendable (Evidence) async -> Void

  /// - Throws: ``InteropError`` if a failing cell's folder cannot be written.
  func result(_ evidence: Evidence, took: Duration, logs: LogMarks) async throws -> CellResult {
    await witness(evidence)
    var result = judge.judge(evidence)
    result.faults = environment.faults
    result.milliseconds = Int(took / .milliseconds(1))
    if result.verdict.isUnexpected {
      result.folder = try CellFolder(evidence: evidence, result: result, environment: environment).write(
        logs: logs.added(), commands: evidence.cell.combination.map { environment.commands[$0] })
    }
    return result
  }
}
