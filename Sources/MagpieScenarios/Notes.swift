import MagpieTrace

/// What a run has to tell standard error, collected by its tasks and read when it is over.
///
/// The lock is held for an append only, never across a switch.
final class Notes: Sendable {
  private struct State {
    var notes: [ScenarioNote] = []
    var dropped = 0
  }

  private static let limit = 20
  private let state = ThreadMutex(State())

  func clear() { state.withLock { $0 = State() } }

  /// Adds one, or counts it when there are many.
  func append(_ note: ScenarioNote) {
    state.withLock {
      if $0.notes.count < Notes.limit { $0.notes.append(note) } else { $0.dropped += 1 }
    }
  }

  /// All, and how many more there were.
  var all: [ScenarioNote] { all(of: 0) }

  /// The same.
  /// - Parameter total: how many there should be: a task in a process of its own keeps its notes there, and only counts.
  func all(of total: Int) -> [ScenarioNote] {
    state.withLock { state in
      let missing = Swift.max(total - state.notes.count, state.dropped)
      if missing == 0 { return state.notes }
      return state.notes + [state.notes.isEmpty ? .unreadableFiles(missing) : .more(missing)]
    }
  }
}
