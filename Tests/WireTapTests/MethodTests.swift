internal import CRabbitMQ
import SyRPCWire
import Testing
import WireTap

/// A method as bytes, and as it must be shown.
struct MethodCase: Sendable, CustomTestStringConvertible {
  let name: String
  let frame: [UInt8]
  /// The fields as JSON text: the order of the members counts too.
  let fields: String
  var testDescription: String { name }

  init(_ name: String, _ classID: UInt16, _ methodID: UInt16, _ arguments: [UInt8] = [], _ fields: String = "{}") {
    self.name = name
    frame = Wire.method(classID, methodID, arguments)
    self.fields = fields
  }

  static let zero: [UInt8] = Wire.integer(UInt16(0))
  static let table = Wire.table((key: "k", value: Wire.tagged("t", [1])))
  static let tableText = #"{"k":{"t":true}}"#
}

@Suite struct MethodTests {
  @Test(arguments: MethodCase.all)
  func isDecoded(_ example: MethodCase) throws {
    let frame = Frame(raw: example.frame)
    let method = try #require(frame.method, "\(frame.kind)")
    #expect(method.name == example.name)
    #expect(frame.channel == 1)
    #expect(JSON.object(method.fields).description == example.fields)
    #expect(method.isExact)
  }

  @Test func allMethodsAreCovered() {
    #expect(MethodCase.all.count == 64)
    #expect(Set(MethodCase.all.map(\.name)).count == 64)
  }

  /// No cut of any method's arguments may be taken for the whole.
  @Test(arguments: MethodCase.all)
  func isUndecodableIfCutShort(_ example: MethodCase) {
    let payload = example.frame.dropFirst(7).dropLast()
    for size in 0..<payload.count {
      let frame = Frame(raw: Wire.frame(1, 1, Array(payload.prefix(size))))
      guard case .undecodable = frame.kind else {
        Issue.record("\(size) of \(payload.count) bytes are \(frame.kind)")
        continue
      }
    }
  }

  @Test func isInexactWithReservedBitsOrMoreBytes() {
    #expect(Frame(raw: Wire.queueDeclare("q", flags: 0b0010_0010)).method?.isExact == false)
    #expect(Frame(raw: Wire.method(20, 41, [0])).method?.isExact == false)
    #expect(Frame(raw: Wire.queueDeclare("q")).method?.isExact == true)
  }

  @Test func isUndecodableIfUnknown() {
    #expect(Frame(raw: Wire.method(10, 99)).kind == .undecodable("librabbitmq knows no method 10.99"))
    #expect(Frame(raw: Wire.frame(1, 0, [0, 10])).kind == .undecodable("a method of 2 bytes"))
  }

  /// librabbitmq decodes it from 0.12 on.
  @Test func updateSecretIsReadWhereLibrabbitmqKnowsIt() {
    let arguments = Wire.long(Wire.password) + Wire.short("renewal")
    let frame = Frame(raw: Wire.method(10, 70, channel: 0, arguments))
    guard syrpc_amqp_knows_update_secret() != 0 else {
      #expect(frame.kind == .undecodable("librabbitmq knows no method 10.70"))
      return
    }
    #expect(frame.method?.name == "connection.update-secret")
    #expect(frame.method?.isExact == true)
    #expect(
      frame.method?.fields == [
        "new-secret": .string("<hidden, \(Wire.password.utf8.count) bytes>"), "reason": "renewal",
      ])
    // The reason is none of the peer's secrets.
    #expect(frame.secret == 11 + 4..<11 + 4 + Wire.password.utf8.count)
    #expect(Frame(raw: Wire.method(10, 71, channel: 0)).method?.fields == [:])
  }

  @Test func headersListWhatIsSet() throws {
    let all = Frame(
      raw: Wire.header(
        size: .max, flags: 0xFFFC,
        Wire.short("application/json") + Wire.short("utf-8") + MethodCase.table + [2, 9] + Wire.short("c")
          + Wire.short("r") + Wire.short("10") + Wire.short("m") + Wire.integer(UInt64(1_700_000_000)) + Wire.short("t")
          + Wire.short("u") + Wire.short("a") + Wire.short("k")))
    let header = try #require(all.header)
    #expect(header.classID == 60)
    #expect(header.bodySize == .max)
    #expect(header.isExact)
    #expect(
      JSON.object(header.properties).description
        == #"{"content-type":"application/json","content-encoding":"utf-8","headers":{"k":{"t":true}},"#
        + #""delivery-mode":2,"priority":9,"correlation-id":"c","reply-to":"r","expiration":"10","message-id":"m","#
        + #""timestamp":1700000000,"type":"t","user-id":"u","app-id":"a","cluster-id":"k"}"#)

    #expect(Frame(raw: Wire.header(size: 3)).header?.properties == [:])
    #expect(Frame(raw: Wire.header(size: 3, flags: 0x1000, [1])).header?.properties == ["delivery-mode": 1])
    #expect(Frame(raw: Wire.header(weight: 1, size: 3)).header?.isExact == false)
    #expect(Frame(raw: Wire.header(size: 3, flags: 0b10)).header?.isExact == false)
    #expect(Frame(raw: Wire.header(size: 3, flags: 0x8000)).header == nil)
  }

  @Test func heartbeatsAreEmptyAndOfTheConnection() {
    #expect(Frame(raw: Wire.heartbeat).kind == .heartbeat)
    for raw in [Wire.frame(8, 1, []), Wire.frame(8, 0, [0])] {
      guard case .undecodable = Frame(raw: raw).kind else {
        Issue.record("\(raw)")
        continue
      }
    }
  }
}
