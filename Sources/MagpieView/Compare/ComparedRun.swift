public import MagpieModel
public import MagpieTrace

/// One of two runs that are compared: it is over, and its history can be walked.
public struct ComparedRun: Sendable {
  public var era: Era
  public var processors: Int
  public var history: History
  /// Scenario, CPUs, last words.
  public var facts: ProgramFacts
  /// What is known of the whole run only, not of its moments.
  public var whole: WholeRun
  /// No finding, no deadlock, and the scenario's own check holds.
  public var isFine: Bool

  public init(era: Era, processors: Int, history: History, facts: ProgramFacts, whole: WholeRun, isFine: Bool = true) {
    self.era = era
    self.processors = processors
    self.history = history
    self.facts = facts
    self.whole = whole
    self.isFine = isFine
    self.facts.status = .ended
    self.facts.processors = processors
  }
}

/// Figures of a whole run.
public struct WholeRun: Sendable, Hashable {
  /// Real nanoseconds.
  public var wallNanoseconds: UInt64
  /// Threads of the process that there were at once, at most.
  public var threads: UInt64
  /// The kernel's switches between threads, of both kinds.
  public var kernelSwitches: UInt64

  public init(wallNanoseconds: UInt64, threads: UInt64, kernelSwitches: UInt64) {
    self.wallNanoseconds = wallNanoseconds
    self.threads = threads
    self.kernelSwitches = kernelSwitches
  }
}
