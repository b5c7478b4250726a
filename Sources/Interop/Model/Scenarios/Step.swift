/// One thing that happens in a scenario.
package enum Step: Hashable, Sendable {
  /// Connections are opened: those of several roles at a time.
  case open([Role])
  /// A connection is closed, in an orderly way.
  case close(Role)
  /// The putter puts so many requests, one after the other.
  case put(Int)
  /// The server answers so many, of those that are there.
  case serve(Int)
  /// As many servers answer one each, all at a time, and leave.
  case serveAtOnce(Int)
  /// The server answers one while the getter waits for its result: the getter is there first. A payload that some cannot
  /// carry is asked for when its result is there, and not for long: nobody waits in vain.
  case exchange
  /// The getter asks for the results of calls, one after the other; calls count from 0.
  case get([Int])
  /// As many getters ask for one each, all at a time, and each leaves with its own.
  case getAtOnce([Int])
  /// The putter asks for the result of a call, and stays.
  case getAsPutter(Int)
  /// The getter asks, for so long, for the result of a call that does not come.
  case getInVain(Int, seconds: Int)
  /// The server's implementation serves another application, where nothing comes.
  case serveElsewhere
  /// Somebody publishes what is no JSON, as a request or as a result.
  case publishMalformed(GoldenMessages.Kind)
  /// Whether what a role has put, or the getter has given back, is where it is to be taken from is looked up.
  case look(Role)
  /// So many milliseconds pass.
  case pass(Int)
  /// The broker is restarted; whoever was connected has closed before.
  case restartBroker
}

extension Step {
  /// Whether nothing is to come of it but that time passes.
  package var isForWaiting: Bool {
    switch self {
    case .pass, .getInVain, .serveElsewhere: true
    default: false
    }
  }
}
