extension BenchmarkError {
  /// Why, in English.
  var english: String {
    switch self {
    case .unknown(let name): "there is no benchmark '\(name)'"
    case .operations(.atLeast(let least), let given): "--ops must be at least \(least), not \(given)"
    case .operations(.atMost(let most), let given): "--ops must be at most \(most), not \(given)"
    case .operations(.powerOf(let base), let given): "--ops must be a power of \(base), not \(given)"
    case .workload(let name, let error): "\(name): \(error.english)"
    case .count(let counted, let found, let expected): "\(counted.english): \(found) instead of \(expected)"
    case .finding(let words): words
    case .limit(let limit): "\(limit)"
    case .unfinished: "the run did not come to its end"
    case .disordered(let events): "\(events) events contradict each other's order"
    case .restless: "the other threads do not rest"
    case .counterStands: "the cycle counter stands still"
    case .noThemes: "there are no themes"
    case .noPipe(let error): "no pipe: \(error.text)"
    case .noTerminal(let error): "cannot start itself on a terminal: \(error.text)"
    case .noListener(let error): "cannot listen: \(error.text)"
    case .notShown(let text): "the screen does not show '\(text)'"
    case .staysOn: "the program does not leave"
    case .endedWrongly: "the program did not end as it should"
    case .noThreadTimes: "the kernel does not tell how long a thread has run"
    }
  }
}

extension BenchmarkError.Counted {
  fileprivate var english: String {
    switch self {
    case .eventsRecorded: "events recorded"
    case .eventsApplied: "events applied"
    case .eventsWithinReach: "events within reach"
    case .eventsHeld: "events a second while the program is held"
    case .fibersSpawned: "fibers spawned"
    case .fibersLive: "fibers alive"
    case .viewerThreads: "threads of the viewer"
    case .moment: "moment on the screen"
    case .cellsDrawn: "cells drawn"
    case .result: "result"
    }
  }
}
