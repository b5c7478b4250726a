/// The processes of a combination: one for each role, but for those that a recording plays. One that broke is replaced
/// before the next cell.
struct Trio {
  private let combination: Combination
  private let roles: [Role]
  private let environment: RunEnvironment
  private var running: [Role: PeerSession] = [:]

  /// For a cell, and others of its combination.
  init(_ cell: Cell, environment: RunEnvironment) {
    combination = cell.combination
    roles = Role.allCases.filter { role in
      cell.recording == nil || cell.combination[role] == RecordedConversation.partner
    }
    self.environment = environment
  }

  struct Failure: Error {
    let role: Role
    let error: PeerError
  }

  /// Sessions that can be used.
  mutating func sessions() async -> Result<[Role: PeerSession], Failure> {
    for (role, session) in running where await session.isBroken {
      await session.terminate()
      running[role] = nil
    }
    let missing = roles.filter { running[$0] == nil }
    let started = await withTaskGroup(of: (Role, Result<PeerSession, PeerError>).self) { [self] tasks in
      for role in missing { tasks.addTask { (role, await start(role)) } }
      return await tasks.reduce(into: []) { $0.append($1) }
    }
    for (role, result) in started { running[role] = try? result.get() }
    for (role, result) in started.sorted(by: { $0.0 < $1.0 }) {
      if case .failure(let error) = result { return .failure(Failure(role: role, error: error)) }
    }
    return .success(running)
  }

  private func start(_ role: Role) async -> Result<PeerSession, PeerError> {
    let name = combination[role]
    guard let command = environment.commands[name] else {
      return .failure(PeerError(.broken, "\(name) cannot be run here"))
    }
    do {
      return .success(
        try await PeerSession.start(peer: name, command, log: logPath(role), in: environment.runFolder))
    } catch {
      return .failure(error as? PeerError ?? PeerError(.broken, "\(error)"))
    }
  }

  func terminate() async {
    await withTaskGroup(of: Void.self) { tasks in
      for session in running.values { tasks.addTask { await session.terminate() } }
    }
  }

  var commands: PerRole<PeerCommand?> { combination.map { environment.commands[$0] } }

  // MARK: - Logs

  private func logPath(_ role: Role) -> String { environment.logFolder / "\(combination.name)-\(role.rawValue).log" }

  /// How much each log holds.
  func logMarks() -> PerRole<Int> { PerRole(putter: .putter, server: .server, getter: .getter).map(logSize) }

  private func logSize(_ role: Role) -> Int { (try? Files.read(logPath(role)).count) ?? 0 }

  /// What was added to each log since.
  func logs(since marks: PerRole<Int>) -> PerRole<[UInt8]> {
    PerRole(putter: .putter, server: .server, getter: .getter).map { (role: Role) in
      Array(((try? Files.read(logPath(role))) ?? []).dropFirst(marks[role]))
    }
  }
}
