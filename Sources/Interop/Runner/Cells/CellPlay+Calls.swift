internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// Requests, and their results.
extension CellPlay {
  mutating func put(_ count: Int) async -> Bool {
    for _ in 0..<count {
      let attempt = await Attempt("put_request") { [run, put] in
        try await run.sessions.putter.putRequest(
          type: run.cell.scenario.requestType(of: put), payload: run.payloads[min(put, run.payloads.count - 1)].text)
      }
      roles.putter.outcomes.append(attempt.outcome)
      // A server that is not asked does not wait in vain.
      guard let resultID = attempt.value else { return false }
      roles.putter.resultIDs.append(resultID)
      roles.putter.putEnds[resultID] = attempt.ended
      put += 1
    }
    return true
  }

  mutating func serve(_ count: Int) async -> Bool {
    let count = min(count, (served..<put).count { !lost.contains($0) })
    guard count > 0 else { return true }
    var attempt = await Self.serve(run, count)
    if run.cell.scenario.publishesMalformed, attempt.outcome.error?.kind == .failed {
      // A server may say what it cannot read, and is asked for the next then.
      attempt = await Self.serve(run, count)
    }
    roles.server.note(attempt, of: count, &reader)
    served += count
    return attempt.value != nil
  }

  private static func serve(_ run: CellRun, _ count: Int = 1) async -> Attempt<[SeenRequest]> {
    await Attempt("serve") {
      try await inFullTime(run.fullTimeout) { try await run.sessions.server.serve(count: count, timeout: $0) }
    }
  }

  mutating func exchange() async -> Bool {
    guard run.payloads[0].isPortable else { return await exchangeWhatMayNotPass() }
    let ids = ids([put - 1])
    roles.getter.askedFor += ids
    // The getter is there first.
    async let got = Self.get(run, ids, then: getting)
    _ = await getting.wait { $0.name == "basic.consume-ok" }
    let attempt = await Self.serve(run)
    roles.server.note(attempt, &reader)
    served += 1
    let results = await got
    roles.getter.note(results, &reader)
    return attempt.value != nil && results.allSatisfy { $0.attempt.value != nil }
  }

  /// How long a getter waits for a result that is there already, and that it is known not to take; and how long it is
  /// waited for then. One that gives the result back and waits anew, again and again, would take 14 seconds.
  private static let shortTimeout = Duration.seconds(1)
  private static let shortGrace = Duration.milliseconds(500)

  mutating func exchangeWhatMayNotPass() async -> Bool {
    guard await serve(1) else { return false }
    let ids = ids([put - 1])
    roles.getter.askedFor += ids
    let results =
      run.getterIsToFail
      ? await run.sessions.getter.results(
        ids, timeout: Self.shortTimeout + run.slowdown, grace: Self.shortGrace + run.slowdown)
      : await run.sessions.getter.results(ids, timeout: run.fullTimeout)
    roles.getter.note(results, &reader)
    return results.allSatisfy { $0.attempt.value != nil }
  }

  func ids(_ calls: [Int]) -> [String] {
    calls.filter { !lost.contains($0) }.map { roles.putter.resultIDs[$0] }
  }

  mutating func get(_ calls: [Int]) async -> Bool {
    let ids = ids(calls)
    roles.getter.askedFor += ids
    let results = await run.sessions.getter.results(ids, timeout: run.fullTimeout)
    roles.getter.note(results, &reader)
    return true
  }

  private static func get(
    _ run: CellRun, _ ids: [String], then watch: MethodWatch
  ) async -> [ResultAttempt] {
    let results = await run.sessions.getter.results(ids, timeout: run.fullTimeout)
    watch.end()
    return results
  }

  mutating func getAsPutter(_ call: Int) async -> Bool {
    let ids = ids([call])
    roles.putter.askedFor += ids
    let results = await run.sessions.putter.results(ids, timeout: run.fullTimeout)
    roles.putter.note(results, &reader)
    return results.allSatisfy { $0.attempt.value != nil }
  }
}
