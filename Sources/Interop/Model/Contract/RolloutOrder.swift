/// In which order a change of the contract can be deployed.
package enum RolloutOrder: String, CaseIterable, Sendable, Codable {
  case anyOrder = "any order"
  case serversFirst = "servers first"
  case clientsFirst = "clients first"
  /// In phases: everybody learns to read it before anybody writes it.
  case readersBeforeWriters = "readers before writers"
  /// Old and new cannot share their queues.
  case newAppName = "needs a new app name"
}
