internal import InteropModel
internal import SyRPCWire

/// Adapters that fail, or are not what they say.
extension Mutation {
  static let answers: [Mutation] =
    Role.allCases.flatMap { role -> [Mutation] in
      [
        adapter("fails", role, fails: "outcome.open", .fail, at: "open"),
        adapter("exits", role, fails: "outcome.open", .exit, at: "open"),
        adapter("other-version", role, fails: "outcome.open", .changeVersion, at: "hello"),
        adapter("other-libraries", role, fails: "identity.client", .changeLibraries, at: "hello"),
        adapter("fails", role, fails: "outcome.close", .fail, at: "close"),
        adapter("exits", role, fails: "outcome.close", .exit, at: "close"),
        adapter("answers-twice", role, fails: "outcome.close", .answerTwice, at: operations[role]),
        adapter("closes-twice", role, fails: "outcome.close", .answerTwice, at: "close"),
        adapter("fails", role, fails: outcomes[role] ?? "", .fail, at: operations[role]),
        adapter("exits", role, fails: outcomes[role] ?? "", .exit, at: operations[role]),
        adapter("no-json", role, fails: outcomes[role] ?? "", .answerText, at: operations[role]),
        adapter("no-answer", role, fails: outcomes[role] ?? "", .answerNothing, at: operations[role]),
        adapter("wrong-turn", role, fails: outcomes[role] ?? "", .answerOutOfTurn, at: operations[role]),
      ]
    } + [
      adapter("gives-up", .getter, fails: "outcome.wait", in: .never, .giveUp),
      adapter("gives-up", .server, fails: "outcome.wait", in: .twoApplications, .giveUp),
      adapter("fails", .getter, fails: "outcome.wait", in: .late, .fail),
    ]

  private static let operations: [Role: String] = [.putter: "put_request", .server: "serve", .getter: "get_result"]
  private static let outcomes: [Role: String] = [
    .putter: "outcome.put", .server: "outcome.serve", .getter: "outcome.get",
  ]
}
