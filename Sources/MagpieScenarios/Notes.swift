import MagpieTrace

/// What a run has to tell standard error, collected by its tasks and read when it is over.
///
/// The lock is held for an append only, never across a switch.
final class Notes: Sendable {
  private struct State {
    var lines: [String] = []
    var dropped = 0
  }

  private static let limit = 20
  private let state = ThreadMutex(State())

  func clear() { state.withLock { $0 = State() } }

  /// Adds a line, or counts it when there are many.
  func append(_ line: String) {
    state.withLock {
      if $0.lines.count < Notes.limit { $0.lines.append(line) } else { $0.dropped += 1 }
    }
  }

  /// The lines, and how many more there were.
  var lines: [String] { lines(of: 0) }

  /// The same.
  /// - Parameter total: how many there should be: a task in a process of its own keeps its lines there, and only counts.
  func lines(of total: Int) -> [String] {
    state.withLock { state in
      let missing = Swift.max(total - state.lines.count, state.dropped)
      if missing == 0 { return state.lines }
      return state.lines + [state.lines.isEmpty ? "\(missing) could not be read" : "and \(missing) more"]
    }
  }
}
