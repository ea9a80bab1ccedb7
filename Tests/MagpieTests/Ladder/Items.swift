import MagpieTrace

@testable import Magpie

/// What is put into a queue and comes out of it, by number: the one check of all rungs.
final class Items: Sendable {
  private struct State {
    var put = 0
    var taken: [Int] = []
    /// The one that must come out though the flood goes on.
    var lone = -1
    var isLoneTaken = false
  }

  private let state = ThreadMutex(State())

  /// The number of the next to be put.
  func next() -> Int {
    state.withLock { state in
      defer { state.put += 1 }
      return state.put
    }
  }

  func nextLone() -> Int {
    let lone = next()
    state.withLock { $0.lone = lone }
    return lone
  }

  func take(_ item: Int) {
    state.withLock { state in
      state.taken.append(item)
      if item == state.lone { state.isLoneTaken = true }
    }
  }

  var taken: Int { state.withLock { $0.taken.count } }
  /// Those that are under way.
  var underWay: Int { state.withLock { $0.put - $0.taken.count } }
  var isLoneTaken: Bool { state.withLock { $0.isLoneTaken } }

  /// What contradicts that each came out once, and in order if that was promised.
  func findings(isOrdered: Bool) -> [String] {
    state.withLock { state in
      var counts = Array(repeating: 0, count: state.put)
      for item in state.taken { counts[item] += 1 }
      var findings: [String] = []
      if let lost = counts.firstIndex(of: 0) { findings.append("\(lost) never came out") }
      if let doubled = counts.firstIndex(where: { $0 > 1 }) { findings.append("\(doubled) came out twice") }
      if isOrdered, let late = zip(state.taken, state.taken.dropFirst()).first(where: { $0 > $1 }) {
        findings.append("\(late.0) overtook \(late.1)")
      }
      return findings
    }
  }
}
