/// By which names messages may carry a call's values: those of the contract, or those of several where peers keep to
/// different ones.
package struct FieldNames: Sendable, Hashable {
  package let resultID: [String]
  package let type: [String]
  package let data: [String]

  package static let standard = FieldNames(resultID: ["result_id"], type: ["type"], data: ["data"])

  private init(resultID: [String], type: [String], data: [String]) {
    self.resultID = resultID
    self.type = type
    self.data = data
  }

  /// All that the contracts have.
  package init(_ contracts: [Contract]) {
    func names(_ value: MessageField.Value) -> [String] {
      contracts.flatMap { $0.request.names(holding: value) + $0.result.names(holding: value) }.reduce(into: []) {
        if !$0.contains($1) { $0.append($1) }
      }
    }
    resultID = names(.resultID)
    type = names(.type)
    data = names(.data)
  }
}
