/// Takes the guard's lines and hands each to whom it concerns: several tasks wait for different ones.
actor GuardDesk {
  private let shell: LineProcess
  private var mail: [[Substring]] = []
  private var isReading = false
  /// A line came, or nobody reads any longer.
  private var changes = ChangeSignal()

  init(_ shell: LineProcess) { self.shell = shell }

  /// Waits for the first line that is meant. Lines from before are not lost.
  ///
  /// - Parameters:
  ///   - limit: how long a line may take to come, if it is this task that reads; nil for ever.
  ///   - isMeant: tells by a line's words.
  /// - Returns: its words.
  /// - Throws: ``LineProcessError``; `CancellationError`.
  func line(
    within limit: Duration?, where isMeant: @Sendable ([Substring]) -> Bool
  ) async throws -> [Substring] {
    while true {
      try Task.checkCancellation()
      if let index = mail.firstIndex(where: isMeant) { return mail.remove(at: index) }
      if isReading {
        for await _ in changes.next() {}
      } else {
        try await read(within: limit)
      }
    }
  }

  private func read(within limit: Duration?) async throws {
    isReading = true
    // Whoever waits looks again, or reads on.
    defer {
      isReading = false
      changes.send()
    }
    mail.append(try await shell.receive(within: limit).split(separator: " "))
  }
}
