package import AMQP
internal import Foundation
package import InteropModel
internal import InteropSupport
package import WireTap

/// What a run was told beside its selection, so far as the same cell needs it again: the command that repeats a cell.
package struct Repetition: Sendable {
  /// What runs the matrix, as a shell takes it: `interop/run` of the checkout, or this program and its checkout.
  package var program = "interop/run"
  /// The broker that was named; nil for a private node.
  package var broker: BrokerAddress?
  /// The virtual host that was named for recordings.
  package var replayVirtualHost: String?
  /// The RabbitMQ that was named for the private node.
  package var rabbitmq: String?
  /// The folder that was named for the report.
  package var output: String?
  /// Other options that were given, as words.
  package var options: [String] = []
  /// What happens to the connections.
  package var faults: TapFaults = []
  /// Where the peers' packages are, if the environment named a place (`SYRPC_PEER_CACHE`).
  package var peerCache: String?
  /// How each live peer is started.
  package var commands: [String: PeerCommand] = [:]

  package init() {}

  /// Where the password of ``broker`` is taken from: it is in no command, report or list of processes.
  package static let passwordVariable = "SYRPC_PASSWORD"

  /// What runs the matrix of a checkout again.
  ///
  /// - Parameters:
  ///   - checkout: whose matrix.
  ///   - executable: the program that runs. If it was built in the checkout, `interop/run` builds it anew.
  ///   - currentFolder: where the command will be given.
  /// - Returns: the first words of a command.
  package static func program(_ checkout: Checkout, executable: String, currentFolder: String) -> String {
    guard executable.hasPrefix(checkout.folder / ".build/") else {
      let program = "\(shellQuotedIfNeeded(executable)) interop"
      // It finds what is installed beside it.
      return checkout.isInstalled ? program : "\(program) --checkout \(shellQuotedIfNeeded(checkout.folder))"
    }
    let isThere = currentFolder == checkout.folder
    return isThere ? "interop/run" : shellQuotedIfNeeded(checkout.folder / "interop/run")
  }

  /// The command that runs a cell alone.
  package func command(_ cell: Cell) -> String {
    let peers = Role.allCases.map { cell.combination[$0] }
    var words = variables(of: peers) + [program] + cell.repeatOptions
    func add(_ option: String, _ value: String?) {
      if let value { words += [option, shellQuotedIfNeeded(value)] }
    }
    // A list of rules has no white space, but an octothorpe, which is no comment within a word.
    if !faults.isEmpty { words += ["--fault", faults.description] }
    // All of a peer's, also those that this cell has not: which names they get depends on it.
    let bases = Set(peers.map(PeerName.base))
    for (peer, command) in commands.sorted(by: { $0.key < $1.key }) where bases.contains(PeerName.base(of: peer)) {
      add("--interpreter", command.interpreter.map { "\(PeerName.base(of: peer))=\($0)" })
    }
    for peer in Set(peers).sorted() {
      add("--reference", (commands[peer]?.reference ?? commands[peer]?.tag).map { "\(peer)=\($0)" })
    }
    add("--broker", broker?.urlWithoutPassword)
    add("--replay-virtual-host", replayVirtualHost)
    add("--rabbitmq", rabbitmq)
    words += options.map(shellQuotedIfNeeded)
    add("--output", output)
    return words.joined(separator: " ")
  }

  /// The variables that have a say, set before the command.
  private func variables(of peers: [String]) -> [String] {
    var words: [String] = []
    if let broker, broker.password != BrokerAddress().password {
      // The shell stops with these words if the variable is not set.
      words.append("\(Self.passwordVariable)=\"${\(Self.passwordVariable):?has to be the password of \(broker.user)}\"")
    }
    var values: [String: String] = [:]
    values["SYRPC_PEER_CACHE"] = peerCache
    for peer in peers { values.merge(commands[peer]?.variables ?? [:]) { $1 } }
    return words + values.sorted { $0.key < $1.key }.map { "\($0.key)=\(shellQuotedIfNeeded($0.value))" }
  }
}

extension BrokerAddress {
  /// The address as a URL, without the password.
  package var urlWithoutPassword: String {
    func encoded(_ text: String) -> String {
      text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
    }
    let host = host.contains(":") ? "[\(host)]" : host
    return "\(usesTLS ? "amqps" : "amqp")://\(encoded(user))@\(host):\(port)/\(encoded(virtualHost))"
  }
}
