public import Magpie
public import MagpieTrace

/// What went wrong in a measurement, or why there can be no more of something.
public enum LabFailure: Sendable, Equatable {
  /// The kernel refuses one more task.
  case noTask(SystemError)
  case noPipe(SystemError)
  case noSharedMemory(SystemError)
  /// The process that measures cannot be started.
  case noProcess(SystemError)
  /// Only so much memory is left for everybody else.
  case memoryLeft(megabytes: Int)
  case limit(Limit)
  /// What the runtime says of a run that did not come to its end, in English: it is for its developers.
  case unfinished(String)
  case tookLonger(seconds: Int)
  case signal(Int)
  /// It ended without a word.
  case silent
  /// It said what it never says; made harmless.
  case unknown(String)
  /// It was told what nobody tells it.
  case misunderstood
  /// The other threads go on looking for work.
  case restless
  /// Nothing ran, or nothing was counted.
  case nothingRan
  case cannotStayOnCPU
  /// The second thread found no CPU to run on.
  case noSecondCPU
  /// /proc does not tell.
  case noFacts

  init(_ error: RuntimeError) {
    if case .limit(let limit) = error { self = .limit(limit) } else { self = .unfinished("\(error)") }
  }
}
