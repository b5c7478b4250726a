internal import AMQP
internal import InteropModel
internal import NIOCore
internal import NIOPosix
internal import NIOConcurrencyHelpers
internal import WireTap

/// Plays a recorded connection over a real one.
struct ReplayConnection {
  let script: ReplayScript
  let virtualHost: String
  let user: String
  let password: String

  /// How long nothing may come while something is waited for.
  static let patience = Duration.seconds(15)

  /// Plays it to its end, then closes.
  ///
  /// - Parameters:
  ///   - host: the tap's.
  ///   - port: the tap's.
  /// - Returns: why it could not be played to the end; nil if it could.
  func play(host: String, port: Int) async -> ReplayMismatch? {
    let playing = Playing(self)
    do {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .connect(host: host, port: port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
          }
        }
      return await withTaskGroup(of: ReplayMismatch?.self) { tasks in
        tasks.addTask { await playing.converse(channel) }
        tasks.addTask { await playing.waitUntilOverdue() }
        let first = await tasks.next() ?? nil
        tasks.cancelAll()
        return first
      }
    } catch {
      return ReplayMismatch(expected: "a connection to the broker", observed: "\(error)")
    }
  }
}

/// One play: what has been said so far.
private final class Playing: Sendable {
  private let connection: ReplayConnection
  private let state: NIOLockedValueBox<State>

  private struct State {
    var phase = Phase.handshake
    var splitter = FrameSplitter()
    var events = ReplayEvents()
    var progress: ReplayProgress
    var lastHeard = ContinuousClock.now
  }

  private enum Phase { case handshake, script, closing, closed }

  init(_ connection: ReplayConnection) {
    self.connection = connection
    state = NIOLockedValueBox(State(progress: ReplayProgress(connection.script)))
  }

  func converse(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async -> ReplayMismatch? {
    do {
      return try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(bytes: MethodFrame.protocolHeader))
        for try await bytes in inbound {
          let answer = try heard(bytes)
          if !answer.isEmpty { try await outbound.write(ByteBuffer(bytes: answer)) }
          if state.withLockedValue({ $0.phase == .closed }) { return nil }
        }
        return ReplayMismatch(expected: overdue.expected, observed: "the connection was closed")
      }
    } catch {
      return error as? ReplayMismatch ?? ReplayMismatch(expected: overdue.expected, observed: "\(error)")
    }
  }

  /// Returns once nothing has come for too long.
  func waitUntilOverdue() async -> ReplayMismatch? {
    while !Task.isCancelled {
      let deadline = state.withLockedValue { $0.lastHeard } + ReplayConnection.patience
      if deadline < .now { return overdue }
      try? await Task.sleep(until: deadline, clock: .continuous)
    }
    return overdue
  }

  private var overdue: ReplayMismatch { state.withLockedValue { $0.progress.overdue } }

  /// What is to be sent after these bytes.
  private func heard(_ bytes: ByteBuffer) throws -> [UInt8] {
    try state.withLockedValue { state in
      state.lastHeard = .now
      state.splitter.append(bytes.readableBytesView)
      var answer: [UInt8] = []
      while let raw = try state.splitter.next() { answer += try heard(Frame(raw: raw), &state) }
      return answer
    }
  }

  private func heard(_ frame: Frame, _ state: inout State) throws -> [UInt8] {
    guard let event = state.events.add(frame) else { return [] }
    switch (state.phase, event.method) {
    case (.handshake, "connection.start"):
      return MethodFrame.startOK(user: connection.user, password: connection.password)
    case (.handshake, "connection.tune"):
      return connection.script.tuneOK.raw + MethodFrame.open(virtualHost: connection.virtualHost)
    case (.handshake, "connection.open-ok"): state.phase = .script
    case (.handshake, _): throw ReplayMismatch(expected: "the handshake", observed: event.shown)
    case (.script, _): try state.progress.received(event)
    case (.closing, "connection.close-ok"):
      state.phase = .closed
      return []
    case (.closing, _), (.closed, _): return []
    }
    return try proceed(&state)
  }

  private func proceed(_ state: inout State) throws -> [UInt8] {
    var answer: [UInt8] = []
    while true {
      switch try state.progress.next() {
      case .send(let bytes): answer += bytes
      case .wait: return answer
      case .done:
        // A recording that ends without closing was cut there.
        state.phase = connection.script.closes ? .closed : .closing
        return answer + (connection.script.closes ? [] : MethodFrame.close)
      }
    }
  }
}
