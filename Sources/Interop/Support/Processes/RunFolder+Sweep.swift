extension RunFolder {
  /// Removes what runs that are over left behind: their processes, then their folders.
  ///
  /// Nothing is killed but process groups whose leader is noted in such a folder, with its id and the time of its
  /// start. A folder that cannot be removed is left for the next sweep.
  package static func sweep(_ state: StateFolder) async {
    for run in state.runs where run.isAbandoned {
      for process in run.processes { process.killGroup() }
      await run.waitForProcesses(until: .now + .seconds(5))
      try? run.remove()
    }
  }

  /// A killed process may still write for a moment. It is not our child, so its end can only be looked for.
  private func waitForProcesses(until deadline: ContinuousClock.Instant) async {
    while processes.contains(where: \.isAlive), ContinuousClock.now < deadline, !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(20))
    }
  }
}
