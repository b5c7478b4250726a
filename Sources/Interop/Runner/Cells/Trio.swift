package import InteropModel
internal import InteropSupport

/// The sessions of a combination: one for each role, but for those that a recording plays. One that broke is replaced
/// before the next cell.
package struct Trio {
  private let combination: Combination
  private let roles: [Role]
  private let pool: SessionPool
  private var running: [Role: PeerSession]
  /// What does not come from the pool, and does not go there.
  private let own: [Role: PeerSession]

  /// For a cell, and others of its combination.
  ///
  /// - Parameters:
  ///   - cell: the first.
  ///   - pool: where sessions come from.
  ///   - own: sessions for roles that have one of their own, and are ended with it.
  package init(_ cell: Cell, from pool: SessionPool, replacing own: [Role: PeerSession] = [:]) {
    combination = cell.combination
    running = own
    self.own = own
    roles = Role.allCases.filter { role in
      cell.recording == nil || cell.combination[role] == RecordedConversation.partner
    }
    self.pool = pool
  }

  /// Sessions that can be used, or the first role whose adapter did not start.
  package mutating func sessions() async -> Result<[Role: PeerSession], RoleFailure> {
    let span = Timings.Span(.processes)
    defer { span.end() }
    for (role, session) in running where await session.isBroken {
      await pool.give(session)
      running[role] = nil
    }
    let missing = roles.filter { running[$0] == nil }
    let taken = await withTaskGroup(of: (Role, Result<PeerSession, StartFailure>).self) { [self] tasks in
      for role in missing { tasks.addTask { (role, await take(role)) } }
      return await tasks.reduce(into: []) { $0.append($1) }
    }
    for (role, result) in taken { running[role] = try? result.get() }
    for (role, result) in taken.sorted(by: { $0.0 < $1.0 }) {
      if case .failure(let failure) = result { return .failure(RoleFailure(role: role, failure: failure)) }
    }
    return .success(running)
  }

  package struct RoleFailure: Error {
    let role: Role
    package let failure: StartFailure

    package init(role: Role, failure: StartFailure) {
      self.role = role
      self.failure = failure
    }
  }

  private func take(_ role: Role) async -> Result<PeerSession, StartFailure> {
    do throws(StartFailure) { return .success(try await pool.take(combination[role])) } catch { return .failure(error) }
  }

  /// Gives the sessions back.
  package func release() async {
    let span = Timings.Span(.processes)
    defer { span.end() }
    // At the same time: one that hangs takes seconds to end.
    await withTaskGroup(of: Void.self) { tasks in
      for (role, session) in running {
        let isOwn = own[role] != nil
        tasks.addTask { [pool] in
          if isOwn { await session.terminate() } else { await pool.give(session) }
        }
      }
    }
  }
}

/// How much each session's log held at some time.
struct LogMarks {
  private let sessions: [Role: PeerSession]
  private var sizes: [Role: (log: String, size: Int)] = [:]
  /// Whether an adapter was not even started, since it did not start before: its log of that time is kept elsewhere.
  let isOfKnownFailure: Bool

  init(_ sessions: [Role: PeerSession]) {
    isOfKnownFailure = false
    self.sessions = sessions
    for (role, session) in sessions {
      session.settleLog()
      sizes[role] = (session.log, Files.size(session.log))
    }
  }

  /// Of sessions that run, from now on; of one that did not start, the whole.
  init(_ sessions: Result<[Role: PeerSession], Trio.RoleFailure>) {
    switch sessions {
    case .success(let live): self.init(live)
    case .failure(let failure): self.init(failure)
    }
  }

  /// The whole log of an adapter that did not start.
  init(_ failure: Trio.RoleFailure) {
    sessions = [:]
    isOfKnownFailure = failure.failure.isKnown
    sizes[failure.role] = (failure.failure.log, 0)
  }

  /// What was added to each log since.
  func added() -> PerRole<[UInt8]> {
    PerRole(putter: .putter, server: .server, getter: .getter).map { (role: Role) in
      guard let mark = sizes[role] else { return [] }
      sessions[role]?.settleLog()
      let added = ((try? Files.read(mark.log)) ?? []).dropFirst(mark.size)
      guard added.isEmpty, mark.size >= PeerSession.longestLog else { return Array(added) }
      return Array("[syrpc: its log was full before this cell: nothing more of it was kept]\n".utf8)
    }
  }
}
