/// A request as a server says that it got it.
package struct SeenRequest: Hashable, Sendable {
  package let type: String
  package let resultID: String
  package let payload: String

  package init(type: String, resultID: String, payload: String) {
    self.type = type
    self.resultID = resultID
    self.payload = payload
  }
}
