public import Magpie
public import MagpieTrace
public import MagpieView

/// Why a benchmark has no result.
public indirect enum BenchmarkError: Error, Sendable {
  /// Nothing has this name.
  case unknown(String)
  /// It cannot be given so many operations.
  case operations(Demand, given: Int)
  /// In this one of several workloads.
  case workload(String, BenchmarkError)
  /// A number is not what it must be.
  case count(Counted, found: Int, expected: Int)
  /// What the audit or the runtime says against the run, in English: it is for their developers.
  case finding(String)
  case limit(Limit)
  case unfinished
  /// So many events contradict each other's order.
  case disordered(Int)
  /// The other threads go on looking for work.
  case restless
  /// The cycle counter does not go on.
  case counterStands
  case noThemes
  case noPipe(SystemError)
  /// The program cannot be started on a terminal of its own.
  case noTerminal(SystemError)
  case noListener(SystemError)
  /// The screen does not show a text.
  case notShown(String)
  /// The program does not leave when it is asked to.
  case staysOn
  /// The program left before it was asked to, or not well.
  case endedWrongly
  /// The kernel does not tell how long a thread has run.
  case noThreadTimes

  /// What a number of operations must be.
  public enum Demand: Sendable {
    case atLeast(Int), atMost(Int), powerOf(Int)
  }

  /// What a number is of.
  public enum Counted: Sendable, CaseIterable {
    case eventsRecorded, eventsApplied, eventsWithinReach
    /// A second, while the program is held.
    case eventsHeld
    case fibersSpawned, fibersLive, viewerThreads
    /// The number of the event at which the screen is.
    case moment
    case cellsDrawn
    case result
  }

  init(_ error: RuntimeError) {
    if case .limit(let limit) = error { self = .limit(limit) } else { self = .finding("\(error)") }
  }
}

extension Language {
  /// Why a benchmark has no result, after its name.
  /// - Parameter limit: the words of a limit, which the command has in every language.
  public func callAsFunction(_ error: BenchmarkError, of benchmark: String, limit: (Limit) -> String) -> String {
    switch self {
    case .english: "\(benchmark): \(error.english)"
    case .chinese: "\(benchmark)：\(error.chinese(limit))"
    }
  }
}
