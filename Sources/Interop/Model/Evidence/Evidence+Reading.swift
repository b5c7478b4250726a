internal import Foundation
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Evidence {
  static let keys =
    ["putter", "server", "getter", "scenario", "payload", "recording", "broker", "app_name", "virtual_host", "calls"]
    + ["roles", "claims", "leftovers", "broker_problem"]

  /// Of a file that ``json(broker:)`` made.
  ///
  /// - Parameters:
  ///   - object: what the file holds.
  ///   - folder: where the transcripts are.
  ///   - contract: what the implementations were to keep to.
  ///   - transcripts: the folder of the recordings that can play roles.
  /// - Throws: ``InteropError`` that names the file and the key.
  init(_ object: StrictObject, _ folder: String, _ contract: Contract, transcripts: String) throws(InteropError) {
    let recording = try object.text("recording")
    let recorded: RecordedConversation?
    if let recording {
      guard Files.exists(transcripts / recording) else {
        throw object.complaint("recording", "is \"\(recording)\", and \(transcripts) has no such file")
      }
      recorded = try RecordedConversation(folder: transcripts, name: recording)
    } else {
      recorded = nil
    }
    let name = try object.needed("scenario", object.text)
    let known = Scenario.all + Scenario.ofProposals + (recorded.map { [$0.scenario] } ?? [])
    guard let scenario = known.first(where: { $0.name == name }) else {
      throw object.complaint(
        "scenario", "is \"\(name)\", and there is no such scenario; \(Spelling.hint(name, among: known.map(\.name)))")
    }
    let cell = Cell(
      combination: Combination(
        putter: try object.needed("putter", object.text), server: try object.needed("server", object.text),
        getter: try object.needed("getter", object.text)), scenario: scenario,
      payload: try object.needed("payload", object.text), recording: recording)
    let appName = try object.needed("app_name", object.text)
    guard let roles = try object.object("roles", keys: Role.allCases.map(\.rawValue)) else {
      throw object.complaint("roles", "is missing")
    }
    var claimed: [Role: Contract] = [:]
    let entries = try object.object("claims", keys: Role.allCases.map(\.rawValue))
    for role in Role.allCases {
      guard let entry = try entries?.object(role.rawValue, keys: Contract.keys) else { continue }
      claimed[role] = try Contract(entry)
    }
    var reader = TextReader(FieldNames([contract] + Role.allCases.compactMap { claimed[$0] }))
    func evidence(_ role: Role) throws(InteropError) -> RoleEvidence {
      guard let entry = try roles.object(role.rawValue, keys: RoleEvidence.keys) else {
        throw roles.complaint(role.rawValue, "is missing")
      }
      return try RoleEvidence(entry, cell.combination[role], folder, recorded, &reader)
    }
    var calls: [Call] = []
    for text in try object.needed("calls", object.texts) {
      guard let value = ReadText(Array(text.utf8)).json else {
        throw object.complaint("calls", "has a text that is no JSON: \(text.excerpt)")
      }
      calls.append(Call(text: text, value: value))
    }
    self.init(
      cell: cell, topology: ExpectedTopology(contract, appName: appName, scenario),
      virtualHost: try object.text("virtual_host"), calls: calls,
      roles: PerRole(putter: try evidence(.putter), server: try evidence(.server), getter: try evidence(.getter)),
      leftovers: try Self.leftovers(object), brokerProblem: try object.text("broker_problem"))
    claims = claimed.mapValues { ExpectedTopology($0, appName: appName, scenario) }
  }

  private static func leftovers(_ object: StrictObject) throws(InteropError) -> [QueueLeftover]? {
    let keys = ["queue", "messages", "consumers"]
    guard let entries = try object.objects("leftovers", "entry", keys: keys) else { return nil }
    var leftovers: [QueueLeftover] = []
    for entry in entries {
      leftovers.append(
        QueueLeftover(
          queue: try entry.needed("queue", entry.text), messages: try entry.needed("messages", entry.integer),
          consumers: try entry.needed("consumers", entry.integer)))
    }
    return leftovers
  }
}

extension RoleEvidence {
  fileprivate static let keys =
    ["recording", "mismatch", "hello", "cells_before", "answers", "result_ids", "put_at", "asked_to_serve", "served"]
    + ["asked_for", "got", "waits", "told_to_close_at", "is_kept", "transcripts"]

  fileprivate init(
    _ object: StrictObject, _ peer: String, _ folder: String, _ recorded: RecordedConversation?,
    _ reader: inout TextReader
  ) throws(InteropError) {
    var identity: PeerIdentity?
    var replay: (RecordedConversation, ReplayMismatch?)?
    if let name = try object.text("recording") {
      guard let recorded, recorded.name == name else {
        throw object.complaint("recording", "is \"\(name)\", which the cell does not have")
      }
      identity = recorded.identity
      replay = (recorded, try ReplayMismatch(object))
    } else if let hello = object.members["hello"] {
      do throws(PeerError) { identity = try PeerIdentity(hello: hello) } catch {
        throw object.complaint("hello", "cannot be: \(error.message)")
      }
    }
    self.init(peer: peer, identity: identity)
    self.replay = replay
    age = try object.integer("cells_before")
    for answer in try object.objects("answers", "answer", keys: ["operation", "error", "message"]) ?? [] {
      outcomes.append((try answer.needed("operation", answer.text), try PeerError(answer)))
    }
    resultIDs = try object.texts("result_ids") ?? []
    if let moments = try object.object("put_at", keys: nil) {
      for id in moments.members.keys { putEnds[id] = try moments.needed(id, moments.moment) }
    }
    askedToServe = try object.integer("asked_to_serve") ?? 0
    for entry in try object.objects("served", "request", keys: ["type", "result_id", "data"]) ?? [] {
      let request = SeenRequest(
        type: try entry.needed("type", entry.text), resultID: try entry.needed("result_id", entry.text),
        payload: try entry.needed("data", entry.text))
      seen.append((request, reader.read(Array(request.payload.utf8))))
    }
    askedFor = try object.texts("asked_for") ?? []
    for entry in try object.objects("got", "result", keys: ["result_id", "data"]) ?? [] {
      let payload = try entry.needed("data", entry.text)
      results.append((try entry.needed("result_id", entry.text), payload, reader.read(Array(payload.utf8))))
    }
    for entry in try object.objects("waits", "wait", keys: ["result_id", "from", "due", "until", "in_vain"]) ?? [] {
      waits.append(
        ResultWait(
          resultID: try entry.needed("result_id", entry.text), started: try entry.needed("from", entry.moment),
          due: try entry.needed("due", entry.moment), ended: try entry.needed("until", entry.moment),
          isVain: try entry.needed("in_vain", entry.flag)))
    }
    toldToClose = try object.moment("told_to_close_at")
    isKept = try object.flag("is_kept")
    for name in try object.needed("transcripts", object.texts) {
      let path = folder / name
      do { conversations.append(Conversation(try Transcript(jsonLines: try Files.read(path)), &reader)) } catch {
        throw error as? InteropError ?? InteropError("\(path): \(error)")
      }
    }
  }
}

extension PeerError {
  /// What an adapter answered; nil if that was no error.
  fileprivate init?(_ answer: StrictObject) throws(InteropError) {
    guard let name = try answer.text("error") else { return nil }
    guard let kind = Kind(rawValue: name) else {
      throw answer.complaint("error", "is \"\(name.excerpt)\", which is none")
    }
    self.init(kind, try answer.needed("message", answer.text))
  }
}

extension ReplayMismatch {
  /// Why a recording did not fit; nil if it did.
  fileprivate init?(_ role: StrictObject) throws(InteropError) {
    guard let object = try role.object("mismatch", keys: ["expected", "observed"]) else { return nil }
    self.init(
      expected: try object.needed("expected", object.text), observed: try object.needed("observed", object.text))
  }
}

extension StrictObject {
  /// A moment, as seconds since 1970; nil if there is none.
  fileprivate func moment(_ key: String) throws(InteropError) -> Date? {
    try number(key).map(Date.init(timeIntervalSince1970:))
  }
}
