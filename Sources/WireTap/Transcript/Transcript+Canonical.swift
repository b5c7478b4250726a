internal import SyRPCWire

extension Transcript {
  /// The same conversation in the form in which recordings are kept: two recordings of a program that has not changed are
  /// the same bytes.
  ///
  /// What chance or the broker chose is replaced by what follows from the order of the frames: times, consumer tags,
  /// counts of messages and consumers, the node's name, where a reply came among what was sent meanwhile, and how often a
  /// message that is not wanted came back. Heartbeats are left out. What the program chose stays, but for `texts`.
  ///
  /// - Parameter texts: what is to stand in place of other text of the same size, in bodies and properties: result ids.
  /// - Returns: the transcript, of which the canonical form is the same again.
  package func canonical(replacing texts: [String: String] = [:]) -> Transcript {
    var form = CanonicalForm(self)
    form.leaveOutRepeatedRejections()
    form.renumberDeliveries()
    form.fix(replacing: texts)
    form.order()
    var head = head
    head.broker = ""
    head.started = nil
    let entries = form.frames.enumerated().map { number, frame in
      Entry(number: number, milliseconds: Double(number), direction: frame.direction, frame: frame.frame)
    }
    // Which side is the first to close the socket behind the handshake of closing is chance.
    let isClosed = entries.contains { $0.frame.method?.name == "connection.close-ok" }
    return Transcript(
      head: head, entries: entries, ending: isClosed ? .notRecorded : ending, undecoded: isClosed ? [:] : undecoded)
  }
}

/// A conversation while it is brought into its canonical form.
private struct CanonicalForm {
  /// A unit on its way.
  private struct Move {
    let number: Int
    let direction: Transcript.Direction
    let original: WireUnit
    var unit: WireUnit

    var name: String { unit.name }
    var tag: Int64? { unit.fields["delivery-tag"]?.integerValue }
  }

  private struct Delivery: Hashable {
    let channel: UInt16
    let tag: Int64
  }

  private static let settlements: Set<String> = ["basic.ack", "basic.reject", "basic.nack"]

  private var moves: [Move]

  init(_ transcript: Transcript) {
    var moves: [Move] = []
    let editor = StreamEditor { unit, direction in
      moves.append(Move(number: moves.count, direction: direction, original: unit, unit: unit))
      return .pass(unit)
    }
    for entry in transcript.entries where entry.frame.kind != .heartbeat {
      _ = editor.edit(entry.frame.raw, entry.direction)
    }
    self.moves = moves
  }

  /// Of a message that is rejected, and comes back only to be rejected again, the first time stays: how often it comes
  /// back within a time depends on the speed of the machine.
  mutating func leaveOutRepeatedRejections() {
    var rejections: [Delivery: Int] = [:]
    for move in moves where move.direction == .toBroker && Self.settlements.contains(move.name) {
      guard let tag = move.tag, move.name != "basic.ack", move.unit.fields["requeue"]?.boolValue == true else {
        continue
      }
      rejections[Delivery(channel: move.unit.channel, tag: tag)] = move.number
    }
    var rejected: Set<[UInt8]> = []
    var out: Set<Int> = []
    for move in moves where move.name == "basic.deliver" {
      guard let tag = move.tag, let rejection = rejections[Delivery(channel: move.unit.channel, tag: tag)] else {
        continue
      }
      if !rejected.insert(move.unit.body).inserted { out.formUnion([move.number, rejection]) }
    }
    moves.removeAll { out.contains($0.number) }
  }

  /// Delivery tags count from 1 on each channel, also where deliveries were left out.
  mutating func renumberDeliveries() {
    var counts: [UInt16: Int64] = [:]
    var tags: [Delivery: Int64] = [:]
    for index in moves.indices {
      guard let tag = moves[index].tag else { continue }
      let delivery = Delivery(channel: moves[index].unit.channel, tag: tag)
      switch (moves[index].name, moves[index].direction) {
      case ("basic.deliver", .fromBroker), ("basic.get-ok", .fromBroker):
        counts[delivery.channel, default: 0] += 1
        tags[delivery] = counts[delivery.channel]
      case (let name, .toBroker) where Self.settlements.contains(name): break
      default: continue
      }
      if let tag = tags[delivery] { moves[index].unit.fields["delivery-tag"] = .integer(tag) }
    }
  }

  /// Puts fixed values where the broker's stood, and other ids for those that the program chose.
  mutating func fix(replacing texts: [String: String]) {
    let texts = texts.map { (Array($0.key.utf8), Array($0.value.utf8)) }.filter { $0.0.count == $0.1.count }
    let strings = Dictionary(
      uniqueKeysWithValues: texts.map {
        (String(decoding: $0.0, as: UTF8.self), String(decoding: $0.1, as: UTF8.self))
      })
    var tags: [String: String] = [:]
    for index in moves.indices {
      if let tag = moves[index].unit.fields["consumer-tag"]?.stringValue {
        if moves[index].name == "basic.consume-ok", tags[tag] == nil { tags[tag] = Self.tag(tag, tags.count + 1) }
        if let fixed = tags[tag] { moves[index].unit.fields["consumer-tag"] = .string(fixed) }
      }
      switch moves[index].name {
      case "queue.declare-ok":
        moves[index].unit.fields["message-count"] = 0
        moves[index].unit.fields["consumer-count"] = 0
      case "connection.start":
        if var properties = moves[index].unit.fields["server-properties"]?.objectValue,
          properties["cluster_name"] != nil
        {
          properties["cluster_name"] = ["S": "rabbit@localhost"]
          moves[index].unit.fields["server-properties"] = .object(properties)
        }
      default: break
      }
      for (from, to) in texts { moves[index].unit.body.replace(from, with: to) }
      for (key, value) in moves[index].unit.properties ?? [:] {
        if let text = value.stringValue, let fixed = strings[text] {
          moves[index].unit.properties?[key] = .string(fixed)
        }
      }
    }
  }

  /// A tag that RabbitMQ made up is `amq.ctag-` and 22 characters; one that the program chose stays.
  private static func tag(_ tag: String, _ number: Int) -> String {
    let prefix = "amq.ctag-"
    guard tag.hasPrefix(prefix) else { return tag }
    let digits = String(number)
    return prefix + String(repeating: "0", count: max(0, tag.utf8.count - prefix.utf8.count - digits.utf8.count))
      + digits
  }

  /// What the broker sends stands as early as it can have been sent: a reply right behind what it replies to.
  ///
  /// A delivery is not moved before what may have brought it about: before a publication, since whoever is on the other
  /// side may have waited for that; before a consumer; if it is delivered again, before a rejection; and where the
  /// program limits how many it gets, before any settlement.
  mutating func order() {
    let requests = self.requests
    let isLimited = moves.contains { $0.name == "basic.qos" && $0.unit.fields["prefetch-count"]?.integerValue != 0 }
    func isBarrier(_ earlier: Move, _ move: Move) -> Bool {
      if move.name == "basic.deliver" {
        if ["basic.publish", "basic.consume", "basic.recover"].contains(earlier.name) { return true }
        guard Self.settlements.contains(earlier.name) else { return false }
        return isLimited || earlier.name != "basic.ack" && move.unit.fields["redelivered"]?.boolValue == true
      }
      return requests[move.number].map { $0 == earlier.number } ?? true
    }
    var ordered: [Move] = []
    for move in moves {
      var place = ordered.endIndex
      if move.direction == .fromBroker {
        while let earlier = ordered[..<place].last, earlier.direction == .toBroker, !isBarrier(earlier, move) {
          place -= 1
        }
      }
      ordered.insert(move, at: place)
    }
    moves = ordered
  }

  /// What each reply of the broker replies to: methods of a kind on a channel are answered in their order.
  private var requests: [Int: Int] {
    struct Kind: Hashable {
      let channel: UInt16
      let name: String
    }
    var open: [Kind: [Int]] = [:]
    var requests: [Int: Int] = [:]
    for move in moves {
      let kind = Kind(channel: move.unit.channel, name: move.name)
      switch move.direction {
      case .toBroker where move.unit.fields["no-wait"]?.boolValue != true: open[kind, default: []].append(move.number)
      case .toBroker: break
      case .fromBroker:
        guard move.name.hasSuffix("-ok") else { continue }
        let asked = Kind(channel: kind.channel, name: String(move.name.dropLast("-ok".count)))
        if open[asked]?.isEmpty == false { requests[move.number] = open[asked]?.removeFirst() }
      }
    }
    return requests
  }

  var frames: [(direction: Transcript.Direction, frame: Frame)] {
    moves.flatMap { move in
      var splitter = FrameSplitter()
      splitter.append(move.unit.encoded(whenCame: move.original))
      var frames: [(direction: Transcript.Direction, frame: Frame)] = []
      while let raw = try? splitter.next() { frames.append((move.direction, Frame(raw: raw))) }
      return frames
    }
  }
}
