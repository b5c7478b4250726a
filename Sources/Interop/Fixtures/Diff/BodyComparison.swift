internal import InteropSupport
internal import SyRPCWire

/// What is different in a message's body, in words.
struct BodyComparison {
  /// A change, with the values where it is one of values.
  struct Change: Equatable {
    let what: String
    var old: String?
    var new: String?
  }

  private(set) var changes: [Change] = []

  init(_ old: [UInt8], _ new: [UInt8]) {
    guard !old.elementsEqual(new) else { return }
    let values = (try? JSON(exactly: old), try? JSON(exactly: new))
    guard let before = values.0, let after = values.1 else {
      changes = [
        Change(
          what: values.0 == nil
            ? values.1 == nil ? "other bytes, neither JSON" : "it is JSON now" : "it is no JSON any more"
        )
      ]
      return
    }
    compareValues(before, after, "")
    compareSpelling(JSONSpelling(old), JSONSpelling(new), sameShape: changes.isEmpty)
    if changes.isEmpty { changes = [Change(what: "other bytes for the same value")] }
  }

  // MARK: Values

  private mutating func compareValues(_ old: JSON, _ new: JSON, _ path: String) {
    let name = path.isEmpty ? "the body" : "`\(path)`"
    switch (old, new) {
    case (.object(let before), .object(let after)): compareMembers(before, after, path)
    case (.array(let before), .array(let after)):
      if before.count != after.count {
        changes.append(Change(what: "the number of elements of \(name)", old: "\(before.count)", new: "\(after.count)"))
      }
      for (index, pair) in zip(before, after).enumerated() { compareValues(pair.0, pair.1, "\(path)[\(index)]") }
    case _ where old != new:
      if old.kind == new.kind {
        changes.append(Change(what: name, old: old.shortText, new: new.shortText))
      } else {
        changes.append(
          Change(what: "the type of \(name)", old: "\(old.kind) \(old.shortText)", new: "\(new.kind) \(new.shortText)"))
      }
    default: break
    }
  }

  private mutating func compareMembers(_ old: JSONObject, _ new: JSONObject, _ path: String) {
    func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    let (before, after) = (Array(old.keys), Array(new.keys))
    for key in after where old[key] == nil { changes.append(Change(what: "field `\(full(key))` is new")) }
    for key in before where new[key] == nil { changes.append(Change(what: "field `\(full(key))` is gone")) }
    let common = (before.filter { new[$0] != nil }, after.filter { old[$0] != nil })
    if common.0 != common.1 {
      let fields = path.isEmpty ? "fields" : "the fields of `\(path)`"
      changes.append(
        Change(
          what: "order of \(fields) changed", old: common.0.joined(separator: ", ").shortened(to: 60),
          new: common.1.joined(separator: ", ").shortened(to: 60)))
    }
    for key in common.0 { if let before = old[key], let after = new[key] { compareValues(before, after, full(key)) } }
  }

  // MARK: Spelling

  private mutating func compareSpelling(_ old: JSONSpelling, _ new: JSONSpelling, sameShape: Bool) {
    func quoted(_ ways: [String]) -> String {
      ways.isEmpty ? "none" : ways.map { "\"\($0.visible)\"" }.joined(separator: " and ")
    }
    // A value without members or elements has no separators.
    if old.commas != new.commas, !old.commas.isEmpty, !new.commas.isEmpty {
      changes.append(Change(what: "separator of items", old: quoted(old.commas), new: quoted(new.commas)))
    }
    if old.colons != new.colons, !old.colons.isEmpty, !new.colons.isEmpty {
      changes.append(Change(what: "separator of key and value", old: quoted(old.colons), new: quoted(new.colons)))
    }
    if old.around != new.around {
      changes.append(Change(what: "white space elsewhere", old: quoted([old.around]), new: quoted([new.around])))
    }
    // With other values there are other characters and numbers: that says nothing about the printer.
    guard sameShape else { return }
    let ways = (old.characters.map(\.way), new.characters.map(\.way))
    let (gone, come) = (ways.0.filter { !ways.1.contains($0) }, ways.1.filter { !ways.0.contains($0) })
    if !gone.isEmpty || !come.isEmpty {
      func listed(_ ways: [String]) -> String { ways.isEmpty ? "nothing of the kind" : ways.joined(separator: ", ") }
      changes.append(Change(what: "escapes", old: listed(gone), new: listed(come)))
    }
    if old.numbers.count == new.numbers.count,
      let pair = zip(old.numbers, new.numbers).first(where: { $0.0 != $0.1 })
    {
      changes.append(Change(what: "spelling of numbers", old: pair.0, new: pair.1))
    }
  }
}

extension JSON {
  /// For a sentence.
  var shortText: String { exactDescription.shortened(to: 60) }
}
