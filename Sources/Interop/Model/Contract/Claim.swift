package import InteropSupport
internal import SyRPCWire

/// What a peer claims to keep to, if that is not the contract in force.
package struct Claim: Sendable {
  package let contract: Contract
  /// The file that says so.
  package let path: String
  /// What a report calls it; nil for the contract in force.
  package let title: String?

  /// - Parameters:
  ///   - text: the file of a proposal or of a whole contract, or the version of a contract that was or is in force.
  ///   - base: the contract in force.
  ///   - checkout: where the contracts are.
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the key.
  package init(_ text: String, base: Contract, in checkout: Checkout) throws(InteropError) {
    if let version = Int(text) {
      path = version == base.version ? checkout.contract : checkout.contract(version: version)
      guard Files.exists(path) else {
        throw InteropError("there is no version \(version) of the contract: \(path) is not there")
      }
      contract = try Contract(path)
    } else {
      path = text
      guard try Files.readJSON(text)["extends"] == nil else {
        let proposal = try Proposal(text, base: base)
        contract = proposal.contract
        title = proposal.title
        return
      }
      contract = try Contract(text)
    }
    title = contract.source == base.source ? nil : "version \(contract.version)"
  }
}
