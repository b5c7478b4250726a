/// An array in the making.
final class ArrayBuilder {
  private var elements: [JSON] = []
  /// Elements that are still encoded; null holds their places.
  private var open: [(index: Int, slot: ValueSlot)] = []

  var count: Int { elements.count }

  func append(_ value: JSON) { elements.append(value) }

  func appendSlot() -> ValueSlot {
    let slot = ValueSlot()
    open.append((count, slot))
    append(.null)
    return slot
  }

  func finish() throws -> JSON {
    for (index, slot) in open { elements[index] = try slot.finish() }
    return .array(elements)
  }
}

/// An object in the making.
final class ObjectBuilder {
  private var members = JSONObject()
  /// Members that are still encoded; null holds their places.
  private var open: [ExactString: ValueSlot] = [:]

  func set(_ value: JSON, _ key: some CodingKey) {
    if !open.isEmpty { open[ExactString(key.stringValue)] = nil }
    members[key.stringValue] = value
  }

  func slot(_ key: some CodingKey) -> ValueSlot {
    let exact = ExactString(key.stringValue)
    if let slot = open[exact] { return slot }
    let slot = ValueSlot()
    open[exact] = slot
    members[key.stringValue] = .null
    return slot
  }

  func finish() throws -> JSON {
    for (key, slot) in open { members[key.string] = try slot.finish() }
    return .object(members)
  }
}
