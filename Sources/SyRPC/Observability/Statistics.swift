/// How often something happened, since a client or a server was made.
public struct Statistics: Hashable, Sendable {
  /// By the events' raw values.
  let counts: [Int]

  private func count(_ event: Event) -> Int { counts[event.rawValue] }

  /// Connections that were made. All but the first of each purpose replace one that was lost.
  public var connections: Int { count(.connections) }
  /// Operations that were repeated on another connection, or after a while.
  public var repetitions: Int { count(.repetitions) }

  /// Requests that the broker has confirmed.
  public var requestsPut: Int { count(.requestsPut) }
  /// Results that somebody waited for.
  public var resultsGot: Int { count(.resultsGot) }
  /// Deliveries of results that nobody here waits for; the same one counts each time that it comes by.
  public var foreignSightings: Int { count(.foreignSightings) }
  /// Foreign results that were given back to their queue.
  public var rejects: Int { count(.rejects) }
  /// Foreign results that were held for a time before that.
  public var holds: Int { count(.holds) }
  /// Results that came once more after somebody had them, and were dropped.
  public var duplicateResults: Int { count(.duplicateResults) }
  /// Results that came after their call had ended, and were dropped: nobody else knows their ids.
  public var lateResults: Int { count(.lateResults) }
  /// Messages in result queues that are no results, and were dropped.
  public var malformedResults: Int { count(.malformedResults) }

  /// Requests that were taken from the queue, unreadable ones included.
  public var requestsTaken: Int { count(.requestsTaken) }
  /// Requests that were delivered before, perhaps to another server.
  public var redeliveredRequests: Int { count(.redeliveredRequests) }
  /// Messages in the request queue that are no requests, or cannot be held, and were dropped.
  public var unreadableRequests: Int { count(.unreadableRequests) }
  /// Results that the broker has confirmed.
  public var resultsPut: Int { count(.resultsPut) }
  /// Requests whose handler threw an error.
  public var handlerErrors: Int { count(.handlerErrors) }
  /// Requests whose handler was too slow.
  public var handlerTimeouts: Int { count(.handlerTimeouts) }
}

/// What is counted. The raw values are where.
enum Event: Int, Sendable, CaseIterable {
  case connections, repetitions, requestsPut, resultsGot, foreignSightings, rejects, holds, duplicateResults,
    lateResults,
    malformedResults, requestsTaken, redeliveredRequests, unreadableRequests, resultsPut, handlerErrors, handlerTimeouts

  /// The middle of the metric's label: `requests_put`.
  var label: String {
    "\(self)".reduce(into: "") { label, letter in
      label += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }
}
