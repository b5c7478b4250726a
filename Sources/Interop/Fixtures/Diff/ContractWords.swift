internal import SyRPCWire

/// What a member of the contract is, in the words of people who speak of messages and queues.
struct ContractWords {
  /// Of what it says something: `request`, `result queues`.
  let place: String
  /// What it says: `field`, with the name of the field.
  let what: String

  /// - Parameter path: the keys that lead to the member, with dots in between.
  init(_ path: String) {
    var keys = path.split(separator: ".").map(String.init)
    let first = keys.removeFirst()
    let second = keys.first
    func rest(_ count: Int) -> String { keys.dropFirst(count).map { ": \($0)" }.joined() }
    switch (first, second) {
    case (_, nil):
      (place, what) = ("contract", first)
    case ("request", "fields"), ("result", "fields"):
      (place, what) = (first, "field\(keys.count > 1 ? " `\(keys[1])`" : "s")\(rest(2))")
    case ("request", "arguments"), ("result", "arguments"):
      (place, what) = ("\(first) queues", keys.dropFirst().joined(separator: ": "))
    case ("request", "properties"), ("result", "properties"):
      (place, what) = (first, "property \(keys.dropFirst().joined(separator: ": "))")
    case ("request", "headers"), ("result", "headers"):
      (place, what) = (first, "header \(keys.dropFirst().joined(separator: ": "))")
    case ("request", let part?), ("result", let part?):
      (place, what) = (first, part.replacing("_", with: " ") + rest(1))
    case ("properties", let name?): (place, what) = ("all messages", "property \(name)\(rest(1))")
    case ("headers", let name?): (place, what) = ("all messages", "header \(name)\(rest(1))")
    case ("exchange", let part?): (place, what) = ("exchanges", part + rest(1))
    case ("queue", let part?): (place, what) = ("queues", part + rest(1))
    case ("defaults", let setting?): (place, what) = ("settings", "default of \(setting)\(rest(1))")
    case (_, let part?): (place, what) = (first, part + rest(1))
    }
  }

  /// What becomes of it.
  ///
  /// - Parameters:
  ///   - fate: `is new`, say; nil for another value.
  ///   - value: what it is now.
  /// - Returns: a sentence without its subject's place; whether that says all of the value.
  func told(_ fate: String?, _ value: JSON?) -> (text: String, isWhole: Bool) {
    guard let fate else { return (what, false) }
    guard what.hasPrefix("field `"), let presence = value?["presence"]?.stringValue ?? value.map({ _ in "required" })
    else { return ("\(what) \(fate)", false) }
    let type = value?["type"]?.stringValue.map { ", of type \($0)" } ?? ""
    return ("\(what) \(fate), \(presence)\(type)", true)
  }
}
