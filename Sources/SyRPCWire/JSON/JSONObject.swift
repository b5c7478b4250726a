import OrderedCollections

/// The members of a JSON object, in the order in which they were read or set.
///
/// Keys are told apart by their UTF-8 bytes. Two objects are equal if they have equal members, in whatever order.
public struct JSONObject: Sendable {
  private var members: OrderedDictionary<ExactString, JSON>

  /// An object without members.
  public init() { members = [:] }

  /// An object with these members. Where a key comes twice, the last value wins, as in every SyRPC implementation.
  public init(_ members: some Sequence<(key: String, value: JSON)>) {
    self.members = OrderedDictionary(minimumCapacity: members.underestimatedCount)
    for (key, value) in members { self[key] = value }
  }

  /// The value at `key`; nil if there is none. Setting nil removes the member.
  public subscript(key: String) -> JSON? {
    get { members[ExactString(key)] }
    set { members[ExactString(key)] = newValue }
  }

  /// The keys, in order.
  public var keys: [String] { members.keys.map(\.string) }
}

extension JSONObject: RandomAccessCollection {
  /// 0.
  public var startIndex: Int { members.elements.startIndex }
  /// How many members there are.
  public var endIndex: Int { members.elements.endIndex }
  /// The member at a position, in the order of the keys.
  public subscript(position: Int) -> (key: String, value: JSON) {
    let element = members.elements[position]
    return (element.key.string, element.value)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object, in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self.init(elements.lazy.map { (key: $0.0, value: $0.1) })
  }
}
