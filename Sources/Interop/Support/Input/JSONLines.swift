internal import SyRPCWire

/// On which lines of a JSON text its members stand.
struct JSONLines: Sendable {
  /// The lines of values, by the keys and indexes that lead to them; of members, the line of the key.
  private var lines: [[String]: Int] = [:]

  /// - Parameter text: JSON, as it was read without an error.
  init(_ text: [UInt8]) {
    // Objects and arrays that are open, outermost first, each with how many of its elements came.
    var open: [(isObject: Bool, count: Int)] = []
    var path: [String] = []
    var line = 1
    var place = 0
    /// A key that its value is still to come for.
    var key: (name: String, line: Int)?
    /// A value begins: notes its line, and steps into it.
    func begin() {
      guard let container = open.last else {
        lines[[]] = line
        return
      }
      path.append(container.isObject ? key?.name ?? "" : String(container.count))
      lines[path] = container.isObject ? key?.line ?? line : line
      key = nil
    }
    /// A value ends.
    func end() {
      guard !open.isEmpty else { return }
      path.removeLast()
      open[open.count - 1].count += 1
    }
    while place < text.count {
      switch text[place] {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ","), UInt8(ascii: ":"): break
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        begin()
        open.append((text[place] == UInt8(ascii: "{"), 0))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = open.popLast()
        end()
      case UInt8(ascii: "\""):
        let start = place
        place += 1
        while place < text.count, text[place] != UInt8(ascii: "\"") {
          place += text[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        if open.last?.isObject == true, key == nil {
          let literal = Array(text[start...min(place, text.count - 1)])
          key = ((try? JSON(parsing: literal))?.stringValue ?? "", line)
        } else {
          begin()
          end()
        }
      default:
        begin()
        while place + 1 < text.count, !",]} \t\r\n".utf8.contains(text[place + 1]) { place += 1 }
        end()
      }
      place += 1
    }
  }

  /// The line of a member; where it is not in the text, that of the nearest object that it would be in.
  subscript(path: [String]) -> Int? {
    var path = path
    while lines[path] == nil, !path.isEmpty { path.removeLast() }
    return lines[path]
  }
}
