import AMQP
import InteropJudge
import Testing

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

@Suite struct RepetitionTests {
  private static let cell = Cell(
    combination: Combination(putter: "python@3.13.0", server: "swift", getter: "swift"), scenario: .echo,
    payload: "hello")
  private static let options =
    "--putter python@3.13.0 --server swift --getter swift --scenario echo --payload hello"

  private func command(_ change: (inout Repetition) -> Void) -> String {
    var repetition = Repetition()
    change(&repetition)
    return repetition.command(Self.cell)
  }

  private func peer(_ change: (inout PeerCommand) -> Void) -> PeerCommand {
    var command = PeerCommand(executable: "x", arguments: [], environment: [:], folder: "/", note: nil)
    change(&command)
    return command
  }

  @Test func aCellOfAPlainRunTakesNoMore() {
    #expect(command { _ in } == "interop/run \(Self.options)")
  }

  @Test func allInterpretersOfItsPeersAreNamed() {
    let repeated = command {
      $0.commands = ["python@3.13.0": "/a b/python", "python@3.13.1": "/c/python", "node@22": "/node"].mapValues {
        path in
        peer { $0.interpreter = path }
      }
    }
    #expect(
      repeated == "interop/run \(Self.options) --interpreter 'python=/a b/python' --interpreter python=/c/python")
  }

  @Test func theReferencesOfItsPeersAreNamed() {
    let repeated = command {
      $0.commands = [
        "swift": peer { $0.reference = "/it's here" }, "node": peer { $0.reference = "/there" },
      ]
    }
    #expect(repeated == "interop/run \(Self.options) --reference 'swift=/it'\\''s here'")
  }

  @Test func theBrokerIsNamedWithoutItsPassword() throws {
    let repeated = command {
      $0.broker = BrokerAddress(host: "::1", port: 5673, virtualHost: "a/b", user: "us er", password: "secret")
      $0.replayVirtualHost = "re play"
    }
    #expect(
      repeated == "SYRPC_PASSWORD=\"${SYRPC_PASSWORD:?has to be the password of us er}\" interop/run \(Self.options)"
        + " --broker 'amqp://us%20er@[::1]:5673/a%2Fb' --replay-virtual-host 're play'")
    #expect(!repeated.contains("secret"))
    // Everybody knows guest's.
    #expect(
      command { $0.broker = BrokerAddress(host: "h") } == "interop/run \(Self.options) --broker amqp://guest@h:5672/%2F"
    )
  }

  @Test(arguments: [
    BrokerAddress(), BrokerAddress(host: "::1", port: 1, virtualHost: "", user: "ü@:/", password: "guest"),
    BrokerAddress(host: "h", usesTLS: true, virtualHost: "%2f ?#", user: "a"),
  ])
  func theURLNamesTheSameBroker(_ address: BrokerAddress) throws {
    #expect(try BrokerAddress(url: address.urlWithoutPassword) == address)
  }

  @Test func whatElseTheRunWasToldIsNamed() {
    let repeated = command {
      $0.rabbitmq = "/opt/rabbit mq"
      $0.output = "/out"
      $0.options = ["--fresh"]
      $0.peerCache = "/ca che"
      $0.commands = [
        "swift": peer { $0.variables = ["SYRPC_X": "x --flag"] }, "node": peer { $0.variables = ["SYRPC_Y": "y"] },
      ]
    }
    #expect(
      repeated == "SYRPC_PEER_CACHE='/ca che' SYRPC_X='x --flag' interop/run \(Self.options)"
        + " --rabbitmq '/opt/rabbit mq' --fresh --output /out")
  }

  @Test func theProgramIsWhatRunsTheSameCheckout() throws {
    let checkout = try checkout()
    let built = checkoutFolder / ".build/debug/syrpc"
    #expect(Repetition.program(checkout, executable: built, currentFolder: checkoutFolder) == "interop/run")
    #expect(
      Repetition.program(checkout, executable: built, currentFolder: "/")
        == shellQuotedIfNeeded(checkoutFolder / "interop/run"))
    #expect(
      Repetition.program(checkout, executable: "/my bin/syrpc", currentFolder: checkoutFolder)
        == "'/my bin/syrpc' interop --checkout \(shellQuotedIfNeeded(checkoutFolder))")
  }

  @Test func aProgramThatIsInstalledFindsWhatIsInstalledWithIt() async throws {
    try await withInstallation { prefix in
      let installed = try Checkout(folder: prefix / "share/syrpc")
      let program = Repetition.program(installed, executable: prefix / "bin/syrpc", currentFolder: "/")
      #expect(program == "\(prefix)/bin/syrpc interop")
    }
  }

  @Test func aRunTellsItsCells() async throws {
    try await withTemporaryFolder { folder in
      var repetition = Repetition()
      repetition.rabbitmq = "/rabbit"
      var peers = StubbornPeers(folder)
      peers.failure = PeerError(.broken, "it sat there")
      peers.repetition = repetition
      peers.isFresh = true
      let result = try #require(try await peers.run([Glob("hello")]).results.first)
      #expect(result.repeatCommand.hasSuffix("--payload hello --rabbitmq /rabbit --fresh"))
      #expect(result.context?.appName.hasPrefix("interop-") == true)
      #expect(result.context?.ages == PerRole(putter: nil, server: nil, getter: nil))
    }
  }
}
