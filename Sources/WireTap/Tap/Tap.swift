internal import NIOCore
internal import NIOPosix
package import SyRPCWire
internal import Synchronization

/// A TCP proxy between peers and a broker that records what passes.
///
/// Bytes are forwarded unchanged and at once, unless it is told otherwise; what they mean is looked at elsewhere and
/// later, so a stream that is not AMQP passes like any other. FIN and RST are passed on too, and a side that does not
/// read holds up the side that sends.
///
/// What is recorded is what came, when it came: an editor changes it before, and faults do what they do after.
///
/// All connections of a tap share one event loop, so the order of their frames is the order of arrival, and the numbers
/// of the connections are the order in which they were accepted. What is recorded stays in memory. A tap must be stopped.
package final class Tap: Sendable {
  /// The address it listens on.
  package let host: String
  /// The port it listens on; the one that was chosen, if 0 was asked for.
  package let port: Int

  /// Both, as they are written.
  package var endpoint: Endpoint { Endpoint(host: host, port: port) }

  private let listener: any Channel
  private let registry: TapRegistry
  private let liveView: LiveView?

  private init(host: String, port: Int, listener: any Channel, registry: TapRegistry, liveView: LiveView?) {
    self.host = host
    self.port = port
    self.listener = listener
    self.registry = registry
    self.liveView = liveView
  }

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - host: the address to listen on.
  ///   - port: the port to listen on; 0 for any free one.
  ///   - brokerHost: where each accepted connection gets one of its own to.
  ///   - brokerPort: the port there.
  ///   - role: the role that goes into the transcripts' heads.
  ///   - peer: the implementation that goes there.
  ///   - facts: what else goes there; the faults do, too, if there are any.
  ///   - faults: what happens to the connections.
  ///   - onFrame: is told of each frame with its connection's number, in order, on a task of its own; forwarding does
  ///     not wait for it.
  ///   - editor: what changes the bytes of the connection with this number; asked once, on an event loop.
  /// - Returns: the tap, listening.
  /// - Throws: ``TapError`` if the address cannot be listened on.
  package static func start(
    listen host: String = "127.0.0.1", port: Int = 0, brokerHost: String, brokerPort: Int, role: String,
    peer: String = "", facts: JSONObject = [:], faults: TapFaults = [],
    onFrame: (@Sendable (_ connection: Int, _ entry: Transcript.Entry) -> Void)? = nil,
    editor: @escaping @Sendable (_ connection: Int) -> StreamEditor? = { _ in nil }
  ) async throws(TapError) -> Tap {
    let broker = Endpoint(host: brokerHost, port: brokerPort)
    let liveView = onFrame.map(LiveView.init)
    var facts = facts
    if !faults.isEmpty { facts["faults"] = .string(faults.description) }
    let registry = TapRegistry(faults: faults, editor: editor) { [facts] number in
      let head = Transcript.Head(
        connection: number, role: role, peer: peer, broker: broker.description, started: timestamp(), facts: facts)
      return Recording(head: head, liveView: liveView)
    }
    let listener: any Channel
    do {
      // One loop for the listener, too: it reads a connection only after the one before it has its number.
      let loop = MultiThreadedEventLoopGroup.singleton.next()
      listener = try await ServerBootstrap(group: loop)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelOption(.autoRead, value: false)
        .childChannelInitializer { TapConnection.begin(peer: $0, broker: broker, registry: registry) }
        .bind(host: host, port: port).get()
    } catch {
      await liveView?.finish()
      throw TapError(cannotListenOn: Endpoint(host: host, port: port), error)
    }
    return Tap(
      host: host, port: listener.localAddress?.port ?? port, listener: listener, registry: registry,
      liveView: liveView)
  }

  /// What was recorded so far, in the order of the connections.
  package func transcripts() async -> [Transcript] {
    registry.recordings.map { $0.transcript() }
  }

  /// Stops to listen, closes what is open, and waits until all of it is closed and the live view has told everything.
  /// What a delay or a throttle still holds goes on before, as if it had come without them.
  ///
  /// That takes no time, unless a broker is just being connected to and does not answer: 5 seconds then.
  ///
  /// - Returns: the transcripts, in the order of the connections. Another call returns the same.
  package func stop() async -> [Transcript] {
    // A listener that is closed already is what this wants.
    try? await listener.close()
    await registry.closeAll()
    await liveView?.finish()
    return await transcripts()
  }
}
