import ArgumentParser
import Foundation
import InteropSelfTest
import InteropSupport
import SyRPCWire

/// An adapter with something wrong: another adapter, whose lines it relays and at one operation does not.
struct DefectivePeerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "defective-peer", abstract: "Another adapter with a defect, for trying the harness.",
    discussion: "Example: syrpc defective-peer --defect exit --at serve -- python3 adapter.py", shouldDisplay: false)

  @Option(name: .long, help: ArgumentHelp("What it does wrong.", valueName: "defect"))
  var defect: AdapterDefect.Kind

  @Option(name: .customLong("at"), help: ArgumentHelp("At which operation.", valueName: "operation"))
  var operation: String

  @Argument(parsing: .postTerminator, help: "The adapter.")
  var adapter: [String] = []

  func validate() throws {
    if adapter.isEmpty { throw ValidationError("name the adapter's program after --") }
  }

  func run() async throws {
    let process = try await LineProcess.start(.init(executable: adapter[0], arguments: Array(adapter.dropFirst())))
    // The adapter ends when its input does, and so does this.
    while let line = readLine() {
      guard (try? JSON(parsing: line.utf8))?["op"]?.stringValue == operation else {
        write(try await answer(line, process))
        continue
      }
      try await misbehave(line, process)
    }
    await process.terminate()
  }

  private func answer(_ line: String, _ process: LineProcess) async throws -> String {
    try await process.send(line, within: .seconds(60))
    return try await process.receive(within: nil)
  }

  private func misbehave(_ line: String, _ process: LineProcess) async throws {
    switch defect {
    case .fail: write(refusal(of: line, kind: "failed"))
    case .giveUp: write(refusal(of: line, kind: "timeout"))
    case .exit:
      await process.terminate()
      terminate(ExitCode(3))
    case .hang: try await Task.sleep(for: .seconds(1_000_000))
    case .dawdle:
      try await Task.sleep(for: .seconds(4))
      write(try await answer(line, process))
    case .closeInput:
      try FileHandle.standardInput.close()
      try await Task.sleep(for: .seconds(1_000_000))
    case .answerTwice:
      let answer = try await answer(line, process)
      write(answer)
      write(answer)
    case .answerOutOfTurn: write(try await changed(line, process) { $0["id"] = 4711 })
    case .answerText:
      _ = try await answer(line, process)
      write("<html>")
    case .answerNothing:
      _ = try await answer(line, process)
      write("{}")
    case .flood: while true { write(String(repeating: "flood ", count: 1000)) }
    case .floodErrors:
      let piece = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
      for _ in 0..<64 { FileHandle.standardError.write(piece) }
      write(try await answer(line, process))
    case .answerAtLength: write(String(repeating: "x", count: 80 << 20))
    case .changePayload: write(try await changed(line, process) { $0.setEverywhere("payload") { _ in "\"changed\"" } })
    case .quotePayload:
      write(try await changed(line, process) { $0.setEverywhere("payload") { JSON.string($0).description } })
    case .changeType: write(try await changed(line, process) { $0.setEverywhere("type") { "\($0)-changed" } })
    case .changeID:
      write(
        try await changed(line, process) { answer in
          // An adapter need not name the id of a result.
          if operation == "get_result", answer["result_id"] == nil { answer["result_id"] = "another" }
          answer.setEverywhere("result_id") { $0.dropLast() + ($0.last == "0" ? "1" : "0") }
        })
    case .changeLibraries:
      write(
        try await changed(line, process) { answer in
          guard case .object(var hello)? = answer["hello"], let libraries = hello["libraries"]?.objectValue else {
            return
          }
          hello["libraries"] = .object(
            JSONObject(libraries.map { ($0.key, .string("\($0.value.stringValue ?? "").1")) }))
          answer["hello"] = .object(hello)
        })
    case .changeVersion: write(try await changed(line, process) { $0.setEverywhere("implementation") { "\($0).1" } })
    }
  }

  private func refusal(of line: String, kind: String) -> String {
    let id = (try? JSON(parsing: line.utf8))?["id"] ?? .null
    let answer: JSON = [
      "id": id, "ok": false, "error": ["kind": .string(kind), "message": "DefectivePeer: told to fail"],
    ]
    return answer.description
  }

  /// The adapter's answer with something changed.
  private func changed(
    _ line: String, _ process: LineProcess, _ change: (inout JSONObject) -> Void
  ) async throws -> String {
    let answer = try await answer(line, process)
    guard case .object(var members)? = try? JSON(parsing: answer.utf8) else { return answer }
    change(&members)
    return JSON.object(members).description
  }

  private func write(_ line: String) {
    print(line)
    fflushOutput()
  }
}

extension AdapterDefect.Kind: ExpressibleByArgument {}

extension JSONObject {
  /// Changes a text, wherever in the answer it stands.
  fileprivate mutating func setEverywhere(_ key: String, _ change: (String) -> String) {
    for member in self {
      switch member.value {
      case .string(let text) where member.key == key: self[key] = .string(change(text))
      case .object(var inner):
        inner.setEverywhere(key, change)
        self[member.key] = .object(inner)
      case .array(let elements):
        self[member.key] = .array(
          elements.map { element in
            guard case .object(var inner) = element else { return element }
            inner.setEverywhere(key, change)
            return .object(inner)
          })
      default: break
      }
    }
  }
}
