internal import InteropModel
internal import InteropSupport

extension Rule {
  /// The operation of the peer protocol that a check of outcomes is about.
  static let operations = [
    "outcome.open": "open", "outcome.put": "put_request", "outcome.serve": "serve", "outcome.get": "get_result",
    "outcome.wait": "wait", "outcome.close": "close",
  ]

  static let outcomeRules: [Rule] = [
    outcome("outcome.open", [.putter, .server, .getter], "the peer connects and is ready"),
    outcome("outcome.put", [.putter], "the request is put"),
    outcome("outcome.serve", [.server], "the request is got and its result put"),
    outcome("outcome.get", [.putter, .getter], "the result is got within its time"),
    outcome("outcome.wait", [.server, .getter], "what does not come is waited for, and the peer says so"),
    outcome("outcome.close", [.putter, .server, .getter], "the peer closes when it is told to"),
  ]

  private static func outcome(_ id: String, _ roles: [Role], _ meaning: String) -> Rule {
    Rule(id, .required, roles, meaning) { evidence, role in
      let operation = operations[id] ?? ""
      let outcomes = evidence.roles[role].outcomes
      if operation == "get_result", !evidence.roles.server.outcomes.isEmpty, evidence.published(.server).isEmpty {
        return .inapplicable("the server published no result")
      }
      if operation == "get_result", let holder = evidence.holder(besides: role) {
        return .inapplicable("the \(holder.rawValue) holds a result that is not its own: reject.requeue says so")
      }
      if operation == "close", outcomes.contains(where: { $0.operation != "close" && $0.error?.kind == .broken }) {
        return .inapplicable("the peer broke before it was told to")
      }
      return .all(
        outcomes.filter { $0.operation == operation }, expected: "success", none: "not asked",
        { $0.error?.description ?? "success" }, { $0.error == nil })
    }
  }
}

extension Evidence {
  /// Who else was given a result that it did not ask for, and kept it until it closed.
  fileprivate func holder(besides role: Role) -> Role? {
    [Role.putter, .getter].first { other in
      other != role
        && roles[other].delivered.contains { message, conversation in
          message.resultID.map { !roles[other].askedFor.contains($0) } ?? false
            && conversation.settlements(of: message).allSatisfy(\.isClosing)
        }
    }
  }
}
