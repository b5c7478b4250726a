import InteropBroker
import SyRPC
import TestSupport

/// Runs a test against a node of its own, which it may kill.
///
/// - Parameters:
///   - settings: lines of `rabbitmq.conf`.
///   - body: the test; gets the node, and how a client reaches it.
/// - Throws: what the node's start and the test throw.
func withNode(
  settings: String = "", _ body: (PrivateBroker, SyRPCConfiguration) async throws -> Void
) async throws {
  let node = try await PrivateBroker.start(settings: settings, isReady: PrivateBroker.completesHandshake)
  let outcome: Result<Void, any Error>
  do {
    var configuration = SyRPCConfiguration(
      settings: try SyRPCSettings(appName: "test", messageTTL: .seconds(600), resultQueueCount: 8),
      broker: node.address)
    configuration.publishTimeout = .seconds(60)
    outcome = .success(try await body(node, configuration))
  } catch { outcome = .failure(error) }
  await node.stop()
  try outcome.get()
}
