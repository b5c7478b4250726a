package import AMQP
internal import InteropBroker
package import InteropModel

extension PrivateBroker {
  /// Where the other places of scenarios are.
  package var places: [Place: BrokerAddress] {
    var (elsewhere, quorumQueues) = (address, address)
    (elsewhere.virtualHost, elsewhere.user, elsewhere.password) = PrivateNode.elsewhere
    quorumQueues.virtualHost = PrivateNode.quorumVirtualHost
    return [.elsewhere: elsewhere, .quorumQueues: quorumQueues]
  }
}
