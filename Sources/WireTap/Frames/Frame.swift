package import SyRPCWire

/// One AMQP 0-9-1 frame (§4.2.3), or the protocol header (§4.2.2): its bytes, and what they say.
///
/// Methods, properties and tables are decoded by librabbitmq, so by other code than that of the peers under test.
package struct Frame: Sendable, Hashable {
  /// All bytes, from the type to the frame-end octet; as they were on the wire, unless the frame is masked.
  package let raw: [UInt8]
  /// The channel; 0 for the connection itself and for a protocol header.
  package let channel: UInt16
  /// What the bytes say.
  package let kind: Kind
  /// Where in `raw` credentials stand, if this is a frame that carries them; the range may be empty.
  package let secret: Range<Int>?

  package enum Kind: Sendable, Hashable {
    case protocolHeader
    case heartbeat
    case method(Method)
    case header(ContentHeader)
    /// A piece of a message's content.
    case body(ArraySlice<UInt8>)
    /// The envelope is sound, what it holds is not; with the reason.
    case undecodable(String)
  }

  /// A method (§1.2, §4.2.4) and its arguments.
  package struct Method: Sendable, Hashable {
    /// The specification's name, e.g. `queue.declare`.
    package let name: String
    /// The class id in the upper, the method id in the lower 16 bits.
    package let id: UInt32
    /// Every argument in the order of the wire, under the specification's name (`no-wait`, `reserved-1` …).
    ///
    /// Text is a string, or `{"hex": "…"}` if it is not UTF-8. A table is an object whose values carry their type tag:
    /// see ``FieldValue``. Integers beyond 2^63-1 are strings of decimal digits. Credentials are `<hidden, 12 bytes>`.
    package let fields: JSONObject
    /// Whether the fields tell everything: false if the bytes have reserved bits set, something after the last
    /// argument, or a boolean that is neither 0 nor 1.
    package let isExact: Bool
  }

  /// A content header (§4.2.6.1).
  package struct ContentHeader: Sendable, Hashable {
    /// The class of the content: 60, basic.
    package let classID: UInt16
    /// The size of the whole content in bytes, over all its body frames.
    package let bodySize: UInt64
    /// The properties whose flag is set, in the order of the wire, under the specification's names.
    package let properties: JSONObject
    /// Whether the properties tell everything: false if the weight is not 0, or unknown flags are set.
    package let isExact: Bool
  }

  /// The types of frames on the wire (§4.2.3; the heartbeat's 8 is that of the constants, §1.1).
  enum Envelope: UInt8 {
    case method = 1
    case header = 2
    case body = 3
    case heartbeat = 8
  }

  /// The frame that these bytes are.
  ///
  /// - Parameter raw: one complete frame as ``FrameSplitter`` gives it.
  package init(raw: [UInt8]) {
    let decoded = FrameDecoder.decode(raw)
    self.raw = raw
    self.channel = decoded.channel
    self.kind = decoded.kind
    self.secret = decoded.secret
  }
}

extension Frame {
  /// The method, if this is a method frame.
  package var method: Method? { if case .method(let method) = kind { method } else { nil } }
  /// The content header, if this is a header frame.
  package var header: ContentHeader? { if case .header(let header) = kind { header } else { nil } }
  /// The piece of content, if this is a body frame.
  package var body: ArraySlice<UInt8>? { if case .body(let body) = kind { body } else { nil } }

  /// This frame with `*` in the place of every byte of its credentials; the same frame if it carries none.
  package var masked: Frame {
    guard let secret, !isMasked else { return self }
    var bytes = raw
    bytes.replaceSubrange(secret, with: repeatElement(Self.mask, count: secret.count))
    return Frame(raw: bytes)
  }

  /// Whether credentials, if any, are hidden in `raw` too.
  package var isMasked: Bool { secret.map { raw[$0].allSatisfy { $0 == Self.mask } } ?? true }

  private static let mask = UInt8(ascii: "*")
}
