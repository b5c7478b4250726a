import SyRPCWire
import Testing

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

/// Adapters that do not keep to the peer protocol, as shell scripts.
@Suite(.timeLimit(.minutes(10))) struct PeerSessionTests {
  private static let hello =
    #"read line; echo '{"id":1,"ok":true,"hello":{"implementation":"fake","runtime":"sh","features":["serve"]}}';"#
  private static let probe =
    #"read line; echo '{"id":2,"ok":false,"error":{"kind":"unsupported","message":"no"}}';"#

  private func session<Value>(
    _ script: String, _ body: (PeerSession) async throws -> Value
  ) async throws -> Value {
    try await withTemporaryFolder { folder in
      let command = PeerCommand(
        executable: "/bin/sh", arguments: ["-c", script], environment: [:], folder: folder, note: nil)
      let session = try await PeerSession.start(peer: "fake", command, log: folder / "log", in: nil)
      do {
        let value = try await body(session)
        await session.terminate()
        return value
      } catch {
        await session.terminate()
        throw error
      }
    }
  }

  private func error(_ script: String, _ body: (PeerSession) async throws -> Void = { _ in }) async throws -> PeerError
  {
    try await #require(throws: PeerError.self) { try await session(script, body) }
  }

  @Test func aGoodOneIsAccepted() async throws {
    let identity = try await session(Self.hello + Self.probe + "read line") { $0.identity }
    #expect(identity.implementation == "fake")
    #expect(identity.bridged.isEmpty)
    #expect(identity.settings.isEmpty && identity.version == nil)
  }

  @Test func settingsAndVersionAreWhatItSays() async throws {
    let hello = Self.hello.replacing(
      #""runtime":"sh","#, with: #""runtime":"sh 1.2.3","settings":{"precision":"17","color":"off"},"#)
    let identity = try await session(hello + Self.probe + "read line") { $0.identity }
    #expect(identity.version == Version("1.2.3"))
    #expect(identity.settings.pairs("=").sorted() == ["color=off", "precision=17"])
  }

  @Test func oneThatExitsAtOnceIsBroken() async throws {
    let error = try await error("exit 3")
    #expect(error.kind == .broken)
    // Its end is noticed by the write or by the read, whichever comes first.
    #expect(error.message.hasPrefix("asked for hello: "), "\(error)")
  }

  @Test func oneThatIsNotThereIsBroken() async throws {
    let command = PeerCommand(executable: "/nowhere/adapter", arguments: [], environment: [:], folder: "/", note: nil)
    let error = try await #require(throws: PeerError.self) {
      _ = try await PeerSession.start(peer: "fake", command, log: "/dev/null", in: nil)
    }
    #expect(error.kind == .broken)
  }

  @Test func garbageIsNamed() async throws {
    let error = try await error("read line; echo Hello, world; read line")
    #expect(error.message.contains("no JSON object: Hello, world"))
  }

  @Test func anAnswerOutOfTurnIsNamed() async throws {
    let error = try await error(#"read line; echo '{"id":7,"ok":true}'; read line"#)
    #expect(error.message.contains("out of turn"))
  }

  @Test func oneThatAcceptsEverythingIsBroken() async throws {
    let error = try await error(Self.hello + #"read line; echo '{"id":2,"ok":true}'; read line"#)
    #expect(error.message.contains("accepted an operation that does not exist"))
  }

  @Test func aHelloWithoutAnImplementationIsBroken() async throws {
    let error = try await error(#"read line; echo '{"id":1,"ok":true,"hello":{}}'; read line"#)
    #expect(error.message.contains("\"implementation\""))
  }

  @Test func afterOneBreachNothingMoreIsAsked() async throws {
    try await session(Self.hello + Self.probe + "read line; echo rubbish; read line") { session in
      let first = try await #require(throws: PeerError.self) {
        _ = try await session.putRequest(type: "t", payload: "1")
      }
      #expect(await session.isBroken)
      let second = try await #require(throws: PeerError.self) { try await session.close() }
      #expect(first == second)
    }
  }

  @Test func anAnswerTooManyToCloseShowsAtOnce() async throws {
    let answers = #"read line; echo '{"id":3,"ok":true}'; echo '{"id":3,"ok":true}'; read line;"#
    try await session(Self.hello + Self.probe + answers + "read line") { session in
      let error = try await #require(throws: PeerError.self) { try await session.close() }
      #expect(error.kind == .broken)
      #expect(error.message.contains("out of turn"))
      #expect(await session.isBroken)
    }
  }

  @Test func oneThatIsNotWhatItWasIsBroken() async throws {
    let script = Self.hello + Self.probe + "read line"
    let before = PeerIdentity(implementation: "fake 2", runtime: "sh", libraries: [:])
    let error = try await #require(throws: PeerError.self) {
      try await withTemporaryFolder { folder in
        let command = PeerCommand(
          executable: "/bin/sh", arguments: ["-c", script], environment: [:], folder: folder, note: nil)
        _ = try await PeerSession.start(peer: "fake", command, log: folder / "log", in: nil, as: before)
      }
    }
    #expect(error.kind == .broken)
    #expect(
      error.message.hasPrefix(
        "it is not what it was at the start of the run: \"implementation\" is fake, and was fake 2"))
  }

  /// It would be left out of everything, and nobody would notice.
  @Test(arguments: ["", #","features":[]"#, #","features":"serve""#])
  func aHelloWithoutFeaturesIsBroken(_ features: String) async throws {
    let hello = #"read line; echo '{"id":1,"ok":true,"hello":{"implementation":"fake","runtime":"sh"\#(features)}}';"#
    let error = try await error(hello + Self.probe + "read line")
    #expect(error.kind == .broken)
    #expect(error.message.contains("\"features\""))
  }

  @Test func theOrderOfLibrariesIsNoDifference() {
    let one = PeerIdentity(implementation: "a", runtime: "b", libraries: ["x": "1", "y": "2"])
    let other = PeerIdentity(implementation: "a", runtime: "b", libraries: ["y": "2", "x": "1"])
    #expect(one.difference(from: other) == nil)
    let newer = PeerIdentity(implementation: "a", runtime: "b", libraries: ["y": "3", "x": "1"])
    #expect(newer.difference(from: other) == "\"libraries\" is x 1, y 3, and was x 1, y 2")
  }

  @Test func oneThatDiesInTheMiddleIsBroken() async throws {
    try await session(Self.hello + Self.probe + "read line; kill -9 $$") { session in
      let error = try await #require(throws: PeerError.self) {
        _ = try await session.putRequest(type: "t", payload: "1")
      }
      #expect(error.kind == .broken)
      #expect(error.message.contains("signal 9"))
    }
  }

  @Test func anErrorIsAnAnswer() async throws {
    let answer = #"read line; echo '{"id":3,"ok":false,"error":{"kind":"timeout","message":"nothing came"}}';"#
    try await session(Self.hello + Self.probe + answer + "read line") { session in
      let error = try await #require(throws: PeerError.self) {
        _ = try await session.getResult("id", timeout: .seconds(1))
      }
      #expect(error == PeerError(.timeout, "nothing came"))
      #expect(await !session.isBroken)
    }
  }

  @Test(arguments: [
    #"{"id":3,"ok":true}"#, #"{"id":3,"ok":true,"requests":[]}"#, #"{"id":3,"ok":true,"requests":[{"type":"t"}]}"#,
    #"{"id":3}"#, #"{"id":3,"ok":false}"#, #"{"id":3,"ok":false,"error":{"kind":"odd","message":"m"}}"#,
  ])
  func anIncompleteAnswerIsABreach(_ answer: String) async throws {
    try await session(Self.hello + Self.probe + "read line; echo '\(answer)'; read line") { session in
      let error = try await #require(throws: PeerError.self) {
        _ = try await session.serve(count: 1, timeout: .seconds(1))
      }
      #expect(error.kind == .broken)
    }
  }
}
