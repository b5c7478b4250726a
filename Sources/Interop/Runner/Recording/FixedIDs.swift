internal import InteropModel
internal import Synchronization
internal import SyRPCWire
internal import WireTap

/// Gives the requests that a peer puts the ids of recordings, on their way to the broker: a peer chooses its own by
/// chance, and they decide which result queues it declares.
///
/// The peer need not know: any client can ask for any result.
final class FixedIDs: Sendable {
  private let count = Mutex(0)

  @Sendable func editor(_ connection: Int) -> StreamEditor? {
    StreamEditor { [self] unit, direction in
      guard direction == .toBroker, unit.name == "basic.publish", let id = Self.resultID(unit) else {
        return .pass(unit)
      }
      let fixed = RecordedIDs.id(
        count.withLock { count in
          count += 1
          return count
        })
      var changed = unit
      changed.body.replace(Array(id.utf8), with: Array(fixed.utf8), maxReplacements: 1)
      for (key, value) in unit.properties ?? [:] where value.stringValue == id {
        changed.properties?[key] = .string(fixed)
      }
      return .pass(changed)
    }
  }

  /// That of a request.
  private static func resultID(_ unit: WireUnit) -> String? {
    guard let body = try? JSON(exactly: unit.body), body["type"] != nil else { return nil }
    return body["result_id"]?.stringValue
  }
}
