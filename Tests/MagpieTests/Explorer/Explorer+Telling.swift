import Testing

@testable import Magpie

/// How something that must not happen came about, step by step.
extension Explorer {
  /// The failed execution once more, told.
  func tell(_ path: [Node]) -> Failure {
    finish()
    isTelling = true
    begin()
    for node in path where failure == nil { execute(node.options[node.next]) }
    if failure == nil { _ = end() }
    for thread in 0..<threadCount where threads[thread].standing == .asleep {
      told.append("\(threads[thread].name) sleeps")
    }
    finish()
    return Failure(text: failure ?? "it failed once, and then did not", steps: told)
  }

  func tell(_ thread: Int, _ access: Access, _ step: Step) {
    let old = value(access.word, step.read), name = words[access.word].name
    let newest = value(access.word, words[access.word].last)
    let late = step.read < words[access.word].last ? ", though it is \(hex(newest)) by now" : ""
    let text =
      switch access.kind {
      case .load: "loads \(name): \(hex(old))\(late) (\(access.ordering))"
      case .store: "stores \(hex(access.operand)) into \(name) (\(access.ordering))"
      case .change: "changes \(name): \(access.change) \(hex(access.operand)), was \(hex(old)) (\(access.ordering))"
      case .compareExchange:
        step.writes
          ? "exchanges \(name): \(hex(old)) → \(hex(access.operand)) (\(access.ordering))"
          : "fails to exchange \(name), expected \(hex(access.expected)), is \(hex(old))\(late)"
      case .wait: step.sleeps ? "goes to sleep on \(name)" : "does not sleep on \(name)"
      case .wake: step.wakes < 0 ? "wakes nobody on \(name)" : "wakes \(threads[step.wakes].name)"
      case .resume: "is awake"
      case .barrier: "has a barrier on all cores"
      }
    told.append("\(threads[thread].name) \(text)")
  }

  func hex(_ value: UInt64) -> String {
    value >> 32 == 0 ? String(value) : "\(value >> 32):\(value & 0xFFFF_FFFF)"
  }
}

/// Nothing went wrong in any interleaving; tells how many there were.
func expectSound(_ name: String, _ result: Explorer.Result, sourceLocation: SourceLocation = #_sourceLocation) {
  print("explored: \(name): \(result)")
  #expect(result.failure == nil, sourceLocation: sourceLocation)
}

/// What was broken is found by one of several explorations; tells how.
func expectFound(
  _ mutation: Mutation, _ results: [Explorer.Result], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let failure = try #require(results.compactMap(\.failure).first, sourceLocation: sourceLocation)
  print("found: \(mutation): \(failure)")
}
