internal import AMQP
package import InteropModel

/// Cells that are run one after the other, on one virtual host.
package struct Lane: Sendable {
  let isReplay: Bool
  let place: Place
  package internal(set) var cells: [(number: Int, cell: Cell)]

  func address(_ environment: RunEnvironment) -> BrokerAddress {
    if isReplay { return environment.replayAddress }
    return environment.places[place] ?? environment.broker.address
  }
}

extension RunPlan {
  /// The most cells of a lane: short ones end together, and leave no core idle in the end.
  private static let laneLength = 33

  /// The cells but those that restart the broker, as lanes.
  ///
  /// - Parameter parallel: from so many parts of the matrix they are dealt in turn. Neighbours have peers in common: at a
  ///   time, they would need many processes of the same kind, and all wait for the broker or all for a core.
  /// - Returns: those that wait most of their time, one cell each, and those that keep the machine busy.
  package func lanes(dealtFrom parallel: Int) -> (waiting: [Lane], busy: [Lane]) {
    var (waiting, replays, others): ([Lane], [Lane], [Lane]) = ([], [], [])
    for (number, cell) in cells.enumerated() where !cell.scenario.restartsBroker {
      let lane = Lane(isReplay: cell.recording != nil, place: cell.scenario.place, cells: [(number, cell)])
      if cell.scenario.mostlyWaits {
        waiting.append(lane)
      } else if lane.isReplay {
        // Recordings share one virtual host and come with their applications' names: they are played one after the other.
        if replays.isEmpty { replays.append(lane) } else { replays[0].cells += lane.cells }
      } else if let last = others.last, last.place == lane.place, last.cells.count < Self.laneLength,
        last.cells[0].cell.combination == cell.combination
      {
        others[others.count - 1].cells += lane.cells
      } else {
        others.append(lane)
      }
    }
    // The longest wait for nobody.
    return (waiting, replays + others.dealt(from: parallel))
  }
}
