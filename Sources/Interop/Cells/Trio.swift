/// The three processes of a combination. One that broke is replaced before the next cell.
struct Trio {
  private let combination: Combination
  private let environment: RunEnvironment
  private var running: PerRole<PeerSession?> = PerRole(putter: nil, server: nil, getter: nil)

  init(combination: Combination, environment: RunEnvironment) {
    self.combination = combination
    self.environment = environment
  }

  struct Failure: Error {
    let role: Role
    let error: PeerError
  }

  /// Three sessions that can be used.
  mutating func sessions() async -> Result<PerRole<PeerSession>, Failure> {
    for role in Role.allCases {
      if let session = running[role], await session.isBroken {
        await session.terminate()
        running[role] = nil
      }
    }
    let started = await running.concurrentMap { [self] role, session in
      if let session { return Result<PeerSession, PeerError>.success(session) }
      do { return .success(try await start(role)) } catch {
        return .failure(error as? PeerError ?? PeerError(.broken, "\(error)"))
      }
    }
    for role in Role.allCases { running[role] = try? started[role].get() }
    for role in Role.allCases {
      if case .failure(let error) = started[role] { return .failure(Failure(role: role, error: error)) }
    }
    do { return .success(try started.map { try $0.get() }) } catch {
      return .failure(Failure(role: .putter, error: PeerError(.broken, "\(error)")))
    }
  }

  private func start(_ role: Role) async throws -> PeerSession {
    let name = combination[role]
    guard let command = environment.commands[name] else { throw PeerError(.broken, "\(name) cannot be run here") }
    return try await PeerSession.start(peer: name, command, log: logPath(role), in: environment.runFolder)
  }

  func terminate() async {
    _ = await running.concurrentMap { _, session in await session?.terminate() }
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
