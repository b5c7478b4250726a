extension LineProcess {
  /// How a process ended.
  package enum Ending: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)
    /// The system did not tell.
    case unknown(String)

    package var description: String {
      switch self {
      case .exited(let code): "exited with \(code)"
      case .killed(let signal): "killed by signal \(signal)"
      case .unknown(let reason): "ended, nobody knows how: \(reason)"
      }
    }
  }
}
