internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// Several of one role at a time: each has a session of its own, since a session does one thing at a time.
extension CellPlay {
  mutating func getAtOnce(_ calls: [Int]) async -> Bool {
    let ids = ids(calls)
    roles.getter.askedFor += ids
    let timeout = run.fullTimeout
    let results = await atOnce(.getter, "get_result", ids) { session, id in
      try await inFullTime(timeout) { try await session.getResult(id, timeout: $0) }
    }
    roles.getter.note(
      results.map { ResultAttempt(resultID: $0.item, timeout: timeout, attempt: $0.attempt) }, &reader)
    return true
  }

  mutating func serveAtOnce(_ count: Int) async -> Bool {
    let attempts = await atOnce(.server, "serve", Array(0..<count)) { [timeout = run.fullTimeout] session, _ in
      try await inFullTime(timeout) { try await session.serve(count: 1, timeout: $0) }
    }
    for (_, attempt) in attempts { roles.server.note(attempt, &reader) }
    served += count
    return attempts.allSatisfy { $0.attempt.value != nil }
  }

  /// For each item, one that opens, acts and closes. That it did not start, or open, is what came of its act.
  private func atOnce<Item: Sendable, Value: Sendable>(
    _ role: Role, _ operation: String, _ items: [Item],
    _ act: @escaping @Sendable (PeerSession, Item) async throws -> Value
  ) async -> [(item: Item, attempt: Attempt<Value>)] {
    let (peer, parameters) = (run.sessions[role].peer, parameters(role))
    guard let pool = run.pool else { return [] }
    return await withTaskGroup(of: (item: Item, attempt: Attempt<Value>).self) { tasks in
      for item in items {
        tasks.addTask {
          guard let session = try? await pool.take(peer) else {
            return (item, await Attempt(operation) { throw PeerError(.broken, "\(peer) did not start") })
          }
          _ = await session.beginCell()
          let opened = await Attempt("open") { try await session.open(role, parameters) }
          let attempt = await Attempt(operation) {
            if let error = opened.outcome.error { throw error }
            return try await act(session, item)
          }
          try? await session.close()
          await pool.give(session)
          return (item, attempt)
        }
      }
      return await tasks.reduce(into: []) { $0.append($1) }
    }
  }
}
