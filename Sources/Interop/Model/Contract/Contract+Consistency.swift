internal import InteropSupport
internal import SyRPCWire

/// What parts of a contract have to do with each other.
extension Contract {
  /// - Parameter file: the contract, whole.
  /// - Throws: ``InteropError`` that names what contradicts what.
  func checkParts(as file: StrictObject) throws(InteropError) {
    for (kind, message) in [("request", request), ("result", result)] {
      /// Where something is said: of this kind of message, or of both.
      func place(_ part: String, _ key: String) -> [String] {
        (file.members[kind]?[part]?[key] == nil ? [] : [kind]) + [part, key]
      }
      if let problem = message.encodingProblem {
        throw file.complaint(place("properties", "content-encoding"), problem)
      }
      for field in message.fields where field.presence != .forbidden {
        guard let order = message.body.order, !order.contains(field.name) else { continue }
        throw file.complaint(place("body", "order"), "leaves out \"\(field.name)\", which a message has")
      }
      for (name, setting, seconds) in [
        ("x-message-ttl", Setting.messageTTL, defaults.messageTTL), ("x-expires", .ttl, defaults.ttl),
      ] {
        guard case .value(let value)? = message.arguments[name], value != .integer(Int64(seconds) * 1000) else {
          continue
        }
        throw file.complaint(
          [kind, "arguments", name],
          "is \(value.shown), and \(setting.rawValue) is \(seconds) s: \"{\(setting.rawValue)}\" stands for that")
      }
    }
  }
}
