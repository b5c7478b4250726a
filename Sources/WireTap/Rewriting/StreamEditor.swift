/// Changes what goes over one connection before it is recorded and passed on: a tap then shows, and the other side gets,
/// what a defective program would have sent.
package final class StreamEditor {
  /// What becomes of something.
  package struct Edit {
    /// What goes on, in its place.
    package var units: [WireUnit]
    /// What its sender gets for an answer, which the other side knows nothing of.
    package var answers: [WireUnit]

    package init(units: [WireUnit], answers: [WireUnit] = []) {
      self.units = units
      self.answers = answers
    }

    /// Something goes on as it is, or as it was made.
    package static func pass(_ units: WireUnit...) -> Edit { Edit(units: units) }
    /// It does not go on; its sender gets the answer that it waits for, if it waits for one.
    package static func swallow(_ unit: WireUnit) -> Edit { Edit(units: [], answers: unit.answer.map { [$0] } ?? []) }
  }

  /// Decides on what comes from a direction, in order.
  package typealias Decision = (WireUnit, Transcript.Direction) -> Edit

  private let decide: Decision
  private let onChange: () -> Void
  private var toBroker = Stream()
  private var fromBroker = Stream()

  /// - Parameters:
  ///   - onChange: is told when something goes on otherwise than it came.
  ///   - decide: what becomes of what comes.
  package init(onChange: @escaping () -> Void = {}, _ decide: @escaping Decision) {
    self.onChange = onChange
    self.decide = decide
  }

  /// What goes on, and what goes back, of bytes that came; what is incomplete waits for the rest.
  func edit(_ bytes: some Collection<UInt8>, _ direction: Transcript.Direction) -> (on: [UInt8], back: [UInt8]) {
    var on: [UInt8] = []
    var back: [UInt8] = []
    let (units, broken) =
      direction == .toBroker ? toBroker.units(completedBy: bytes) : fromBroker.units(completedBy: bytes)
    for unit in units {
      let edit = decide(unit, direction)
      let goes = edit.units.flatMap { $0.encoded(whenCame: unit) }
      if goes != unit.original { onChange() }
      on += goes
      back += edit.answers.flatMap { $0.encoded(whenCame: nil) }
    }
    return (on + broken, back)
  }

  /// What came of a direction and is incomplete.
  func rest(_ direction: Transcript.Direction) -> [UInt8] {
    direction == .toBroker ? toBroker.takeRest() : fromBroker.takeRest()
  }

  /// One direction: frames, put together to units.
  ///
  /// SyRPC's implementations use one channel, so content frames of several do not interleave.
  private struct Stream {
    private var splitter = FrameSplitter()
    private var isBroken = false
    /// Bytes that are not given out yet.
    private var held: [UInt8] = []
    private var open: (method: Frame, header: Frame.ContentHeader?, raw: [UInt8], bodies: [ArraySlice<UInt8>])?

    mutating func takeRest() -> [UInt8] {
      defer { held = [] }
      return held
    }

    /// - Returns: the units, and what follows them where the stream is not AMQP any more.
    mutating func units(completedBy bytes: some Collection<UInt8>) -> (units: [WireUnit], broken: [UInt8]) {
      guard !isBroken else { return ([], Array(bytes)) }
      held += bytes
      splitter.append(bytes)
      var units: [WireUnit] = []
      do throws(StreamError) {
        while let raw = try splitter.next() {
          if let unit = add(Frame(raw: raw)) { units.append(unit) }
        }
      } catch {
        isBroken = true
      }
      held.removeFirst(units.reduce(0) { $0 + $1.original.count })
      return (units, isBroken ? takeRest() : [])
    }

    private mutating func add(_ frame: Frame) -> WireUnit? {
      switch (frame.kind, open) {
      case (.method(let method), _):
        guard MessageAssembler.carriers.contains(method.name) else { return WireUnit(frame) }
        open = (frame, nil, frame.raw, [])
        return nil
      case (.header(let header), .some(var content)):
        content.header = header
        content.raw += frame.raw
        return complete(content)
      case (.body(let body), .some(var content)):
        open = nil
        content.bodies.append(body)
        content.raw += frame.raw
        return complete(content)
      default: return WireUnit(frame)
      }
    }

    private mutating func complete(
      _ content: (method: Frame, header: Frame.ContentHeader?, raw: [UInt8], bodies: [ArraySlice<UInt8>])
    ) -> WireUnit? {
      guard let header = content.header, content.bodies.reduce(0, { $0 + $1.count }) >= header.bodySize else {
        open = content
        return nil
      }
      open = nil
      return WireUnit(content.method, header, raw: content.raw, bodies: content.bodies)
    }
  }
}
