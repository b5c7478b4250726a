import ArgumentParser
import WireTap

/// What the taps do to the connections.
struct FaultOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "What happens to the connections, separated by commas: delay=5ms, throttle=64KiB/s, split, split=1, "
        + "cut@to-broker:12, stall@from-broker:3, drop@to-broker, refuse. The first three can be for one direction, "
        + "as in delay=5ms@to-broker; all can be for one connection, as in refuse#0.",
      valueName: "rules"),
    transform: { try TapFaults(parsing: $0) })
  var fault: TapFaults = []
}
