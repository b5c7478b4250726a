package import AMQP

extension ConnectionOptions {
  /// For the harness's own connections, which nobody judges: a busy machine, whose disk stands still for some seconds, is not
  /// a reason to lose them.
  package static func patient(_ name: String) -> ConnectionOptions {
    var options = ConnectionOptions(name: name)
    options.handshakeTimeout = .seconds(30)
    options.replyTimeout = .seconds(30)
    return options
  }
}
