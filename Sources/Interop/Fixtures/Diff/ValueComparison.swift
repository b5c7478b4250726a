internal import InteropSupport
internal import SyRPCWire

/// What is different between two JSON values that are no messages: settings, vectors, lists.
///
/// Elements of an array are matched by what they are of, where they say so; otherwise by their place.
struct ValueComparison {
  struct Change {
    /// Where, in general: `vectors[].hash`.
    let pattern: String
    /// Where exactly: `vectors[foo].hash`.
    let path: String
    /// What became of it: `is new`, `is gone`, `is in another order`; nil for another value.
    let fate: String?
    let old: JSON?
    let new: JSON?
  }

  private(set) var changes: [Change] = []

  init(_ old: JSON, _ new: JSON) { compare(old, new, "", "") }

  /// Members that tell what an element is of.
  private static let names = [
    "name", "result_id", "app_name", "length", "peer", "check", "kind", "payload", "scenario",
  ]

  private mutating func compare(_ old: JSON?, _ new: JSON?, _ pattern: String, _ path: String) {
    switch (old, new) {
    case (.object(let before)?, .object(let after)?):
      let keys = Array(before.keys) + after.keys.filter { before[$0] == nil }
      for key in keys {
        compare(
          before[key], after[key], pattern.isEmpty ? key : "\(pattern).\(key)", path.isEmpty ? key : "\(path).\(key)")
      }
      let common = (before.keys.filter { after[$0] != nil }, after.keys.filter { before[$0] != nil })
      if common.0 != common.1 { note("is in another order", pattern, path, old, new) }
    case (.array(let before)?, .array(let after)?): compareElements(before, after, pattern, path)
    case (nil, let new?): note("is new", pattern, path, nil, new)
    case (let old?, nil): note("is gone", pattern, path, old, nil)
    case (let old?, let new?): if old != new { note(nil, pattern, path, old, new) }
    case (nil, nil): break
    }
  }

  private mutating func compareElements(_ old: [JSON], _ new: [JSON], _ pattern: String, _ path: String) {
    guard let before = Self.named(old), let after = Self.named(new) else {
      for index in 0..<max(old.count, new.count) {
        compare(
          old.indices.contains(index) ? old[index] : nil, new.indices.contains(index) ? new[index] : nil,
          "\(pattern)[]",
          "\(path)[\(index)]")
      }
      return
    }
    let (known, now) = (Dictionary(uniqueKeysWithValues: before), Dictionary(uniqueKeysWithValues: after))
    for (name, value) in before { compare(value, now[name], "\(pattern)[]", "\(path)[\(name)]") }
    for (name, value) in after where known[name] == nil { compare(nil, value, "\(pattern)[]", "\(path)[\(name)]") }
    let common = (before.map(\.0).filter { now[$0] != nil }, after.map(\.0).filter { known[$0] != nil })
    if common.0 != common.1 { note("is in another order", pattern, path, nil, nil) }
  }

  /// The elements by what they are of; nil if not all of them say so, or two say the same.
  private static func named(_ elements: [JSON]) -> [(String, JSON)]? {
    let named = elements.compactMap { element -> (String, JSON)? in
      let parts = names.compactMap { element[$0] }.map { $0.stringValue ?? $0.description }
      return parts.isEmpty ? nil : (parts.joined(separator: " "), element)
    }
    return named.count == elements.count && Set(named.map(\.0)).count == elements.count ? named : nil
  }

  private mutating func note(_ fate: String?, _ pattern: String, _ path: String, _ old: JSON?, _ new: JSON?) {
    changes.append(Change(pattern: pattern, path: path, fate: fate, old: old, new: new))
  }
}
