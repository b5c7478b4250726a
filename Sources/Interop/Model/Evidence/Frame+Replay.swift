internal import SyRPCWire
package import WireTap

extension Frame {
  /// The methods that name a delivery or a consumer by a tag that the broker chose.
  package static let taggedMethods = ["basic.ack", "basic.nack", "basic.reject", "basic.cancel"]

  /// Fields with values that the broker chose, and that are therefore others each time.
  package static let brokersChoices = ["delivery-tag", "consumer-tag"]

  /// Whether two frames are the same to the last byte, but for what the broker chose.
  package func isReplay(of recorded: Frame) -> Bool {
    if raw == recorded.raw { return true }
    guard channel == recorded.channel, let method, let other = recorded.method, method.name == other.name,
      Self.taggedMethods.contains(method.name)
    else { return false }
    func others(_ fields: JSONObject) -> JSONObject {
      JSONObject(fields.filter { !Self.brokersChoices.contains($0.key) })
    }
    return others(method.fields) == others(other.fields)
  }
}
