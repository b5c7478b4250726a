/// Cuts one direction of an AMQP 0-9-1 byte stream into raw frames.
///
/// Only the envelope is looked at (§4.2.2, §4.2.3): the protocol header of 8 bytes, which may stand at the very start of
/// either direction, then frames of type, channel, size, payload and the frame-end octet 0xCE.
///
/// A stream that breaks AMQP stays broken: after the first error every ``next()`` throws that error again.
package struct FrameSplitter: Sendable {
  /// The payload, in bytes, beyond which a frame is refused, unless told otherwise: 128 times RabbitMQ's frame-max.
  package static let defaultPayloadLimit = 16 << 20

  /// Bytes before and after the payload of a frame.
  static let headSize = 7
  static let frameEnd: UInt8 = 0xCE
  static let protocolHeaderStart = Array("AMQP".utf8)
  static let protocolHeaderSize = 8

  /// How many bytes of the stream have been given out as frames.
  package private(set) var offset = 0
  /// How many bytes wait for the rest of their frame.
  package var pendingCount: Int { buffer.count - start }

  private let payloadLimit: Int
  private var buffer: [UInt8] = []
  private var start = 0
  private var failure: StreamError?

  /// A splitter at the start of a stream.
  ///
  /// - Parameter payloadLimit: the most bytes a payload may have. The negotiated frame-max is not known here.
  package init(payloadLimit: Int = defaultPayloadLimit) {
    self.payloadLimit = payloadLimit
  }

  /// Takes the next bytes of the stream, however they were cut.
  package mutating func append(_ bytes: some Sequence<UInt8>) {
    // Dropping the front only once it is the larger part keeps the cost of each byte constant.
    if start > buffer.count - start {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next complete frame, all its bytes from type to frame-end; nil if more bytes are needed.
  ///
  /// - Throws: ``StreamError`` if the bytes cannot be AMQP. Frames before that point have been given out.
  package mutating func next() throws(StreamError) -> [UInt8]? {
    if let failure { throw failure }
    do throws(StreamError) {
      guard let size = try nextSize(), size <= pendingCount else { return nil }
      let frame = Array(buffer[start..<start + size])
      if frame[0] != Self.protocolHeaderStart[0], frame[size - 1] != Self.frameEnd {
        throw StreamError(.badFrameEnd(frame[size - 1]), at: offset + size - 1)
      }
      start += size
      offset += size
      return frame
    } catch {
      failure = error
      throw error
    }
  }

  /// The size in bytes of the frame at `start`, once enough of it is there to tell.
  private func nextSize() throws(StreamError) -> Int? {
    let pending = buffer[start...]
    guard let type = pending.first else { return nil }
    if offset == 0, type == Self.protocolHeaderStart[0] {
      let common = zip(pending, Self.protocolHeaderStart).prefix { $0 == $1 }.count
      guard common == min(pending.count, Self.protocolHeaderStart.count) else {
        throw StreamError(.badProtocolHeader, at: common)
      }
      return Self.protocolHeaderSize
    }
    guard Frame.Envelope(rawValue: type) != nil else { throw StreamError(.impossibleType(type), at: offset) }
    guard pending.count >= Self.headSize else { return nil }
    let size = pending.dropFirst(3).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    guard size <= payloadLimit else {
      throw StreamError(.oversized(size: size, limit: payloadLimit), at: offset + 3)
    }
    return Self.headSize + size + 1
  }
}

/// Where, and in what way, a byte stream stops being AMQP 0-9-1.
package struct StreamError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Problem: Hashable, Sendable {
    /// The octet after a payload is not 0xCE (§4.2.3).
    case badFrameEnd(UInt8)
    /// No frame has this type (§4.2.3: method 1, header 2, body 3, heartbeat 8).
    case impossibleType(UInt8)
    /// The stream starts with "A", but not with "AMQP" (§4.2.2).
    case badProtocolHeader
    /// A payload of `size` bytes, where at most `limit` are taken.
    case oversized(size: Int, limit: Int)
  }

  package let problem: Problem
  /// The offset of the offending byte from the start of the stream.
  package let byteOffset: Int

  init(_ problem: Problem, at byteOffset: Int) {
    self.problem = problem
    self.byteOffset = byteOffset
  }

  package var description: String {
    let text =
      switch problem {
      case .badFrameEnd(let octet): "a frame ends in 0x\(octet.hex), not 0xce,"
      case .impossibleType(let octet): "impossible frame type 0x\(octet.hex)"
      case .badProtocolHeader: "a protocol header that is not AMQP's"
      case .oversized(let size, let limit): "a frame of \(size) bytes, more than the \(limit) that are taken,"
      }
    return "\(text) at byte \(byteOffset)"
  }
}
