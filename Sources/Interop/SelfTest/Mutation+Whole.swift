internal import InteropJudge
internal import InteropModel
package import InteropSupport
internal import SyRPCWire

/// Defects of a whole implementation: what it declares, consumes and publishes changes together.
///
/// The implementation is a peer of its own, which breaks in what an environment variable names
/// (`interop/peers/README.rst`, *The defective peer*). Its table says where each defect shows.
extension Mutation {
  /// The peer, and the variable that names its defect.
  package static let defectivePeer = "defective"
  static let defectVariable = "SYRPC_DEFECT"

  /// Reads the table of defects.
  ///
  /// - Parameter folder: the peer's folder.
  /// - Returns: a mutation for each role that a defect shows in.
  /// - Throws: ``InteropError`` that names the file, the defect and the key.
  package static func wholes(folder: String) throws(InteropError) -> [Mutation] {
    let path = folder / "defects.json"
    guard let entries = try Files.readJSON(path)["defects"]?.arrayValue else {
      throw InteropError("\(path): there is no array \"defects\"")
    }
    var all: [Mutation] = []
    for (number, entry) in entries.enumerated() {
      guard let name = entry["name"]?.stringValue, let roles = entry["roles"]?.objectValue, !roles.isEmpty else {
        throw InteropError("\(path), entry \(number + 1): it has no \"name\" or no \"roles\"")
      }
      for (key, value) in roles {
        all.append(try whole(name, key, value, place: "\(path), \(name), \(key)"))
      }
    }
    return all
  }

  private static func whole(_ name: String, _ key: String, _ entry: JSON, place: String) throws(InteropError)
    -> Mutation
  {
    guard let role = Role(rawValue: key) else { throw InteropError("\(place): there is no such role") }
    let text = entry["scenario"]?.stringValue ?? ""
    guard let scenario = Scenario.all.first(where: { $0.name == text }) else {
      throw InteropError("\(place): there is no scenario \"\(text)\"")
    }
    guard let check = entry["check"]?.stringValue, let rule = Judge.allRules.first(where: { $0.id == check }),
      rule.roles.contains(role)
    else { throw InteropError("\(place): \"check\" is none that judges a \(key)") }
    guard let payload = entry["payload"]?.stringValue else { throw InteropError("\(place): \"payload\" is missing") }
    var mutation = Mutation(name, role, fails: check, in: scenario, payload: payload, .whole)
    // Some of what is wrong is right for some ids.
    mutation.draws = check.hasPrefix("hash.") ? 3 : 1
    return mutation
  }
}
