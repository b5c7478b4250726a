/// Running adapters that wait for work. Combinations come and go; starting a process for each would take longer than the
/// calls.
///
/// A session plays any role. What it leaves on the broker goes with its connection, and each cell has fresh ones.
actor SessionPool {
  private let environment: RunEnvironment
  private var idle: [String: [PeerSession]] = [:]
  /// How many of each peer have been started.
  private var started: [String: Int] = [:]

  init(_ environment: RunEnvironment) { self.environment = environment }

  /// A session that nobody else has.
  ///
  /// - Throws: ``StartFailure``.
  func take(_ peer: String) async throws(StartFailure) -> PeerSession {
    if let session = idle[peer]?.popLast() { return session }
    let number = (started[peer] ?? 0) + 1
    started[peer] = number
    let log = environment.logFolder / "\(peer)-\(number).log"
    guard let command = environment.commands[peer] else {
      throw StartFailure(error: PeerError(.broken, "\(peer) cannot be run here"), log: log)
    }
    do {
      return try await PeerSession.start(peer: peer, command, log: log, in: environment.runFolder)
    } catch {
      throw StartFailure(error: error as? PeerError ?? PeerError(.broken, "\(error)"), log: log)
    }
  }

  /// Takes a session back. One that broke is ended.
  func give(_ session: PeerSession) async {
    if await session.isBroken {
      await session.terminate()
    } else {
      idle[session.peer, default: []].append(session)
    }
  }

  /// Ends all that wait.
  func end() async {
    let sessions = idle.values.flatMap(\.self)
    idle = [:]
    await withTaskGroup(of: Void.self) { tasks in
      for session in sessions { tasks.addTask { await session.terminate() } }
    }
  }
}

/// An adapter that did not start, and the log that may say why.
struct StartFailure: Error {
  let error: PeerError
  let log: String
}
