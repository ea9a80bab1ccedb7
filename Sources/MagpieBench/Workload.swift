/// Work that other schedulers are given too: what one repetition does, on the first fiber of a runtime.
struct Workload: Sendable {
  /// What came of a repetition.
  enum Outcome: Sendable {
    case done
    /// Done, and so many resident bytes an operation.
    case bytes(Int)
    /// The result is not what it must be.
    case wrong(BenchmarkError)

    /// Done if two numbers are equal.
    static func expect(_ expected: Int, _ found: Int) -> Outcome {
      expected == found ? .done : .wrong(.count(.result, found: found, expected: expected))
    }
  }

  let name: String
  /// The operations of a repetition, unless others are asked for.
  let operations: Int
  /// The fibers that so many operations spawn; nil where that is not a simple number.
  var spawned: (@Sendable (_ operations: Int) -> Int)?
  /// What a number of operations must be; nil where it suits.
  var objection: (@Sendable (_ operations: Int) -> BenchmarkError.Demand?)?
  let run: @Sendable (_ operations: Int) -> Outcome

  static let all: [Workload] = [
    yielding, pingPong, pipeline, spawnOne, spawnBatch, skynet, fibonacci, mutex, timers, echo, parked,
  ]
}
