public import MagpieTrace

/// What is said of the eras: their names and rules, and what there is only where the scheduler is an older one than M:P:N.
public enum EraPhrase: Sendable, Hashable {
  // MARK: names
  /// In a word or two.
  case name(Era)
  /// What it does, in a sentence over the picture.
  case rule(Era)
  case legend(Era)

  // MARK: one thread
  case onlyThread
  case lineOfTasks
  case runQueue
  case hasRun(UInt64)
  case finished(UInt64)
  case aboutToStart
  case nothingToRun
  case inCall(name: String, UInt64)
  case waitsOnThread(ParkReason?, object: UInt32, UInt64)
  /// All stand still behind a fiber: in a sentence, and in few words for large letters.
  case allBehind(fiber: UInt32, name: String, does: StandStill, others: Int)
  case allBehindShort(fiber: UInt32, others: Int)
  case toTheTail(Int)

  // MARK: one queue and its lock
  case mayRunOnCPUs(Int, Int)
  case oneQueue
  case itsLock
  case lockWaits(UInt64)
  case lockTotals(nanoseconds: UInt64, longest: UInt64)
  case lockWait(nanoseconds: UInt32, holder: UInt16?)
  case lockWaiters(UInt32)
  case lockNeverWaitedFor
  case freePermit, freePermitTitle
  case takes, puts
  case gavePermit
  case waitingForOthers

  // MARK: a queue a thread
  case queues(Int)
  case threadsOf(running: Int, blocked: Int, asleep: Int)
  case looksOver(machine: UInt16, count: Int)
  case lookedAt(machine: UInt16, looks: Int, queues: Int)
  case lookedAndTook(machine: UInt16, looks: Int, count: Int, victim: String)
  case noSearchYet
  case looked
  case asleep
  case columnDoes, columnTask
  /// What the cells mean; tight: where one that was looked at looks otherwise for want of room for a mark.
  case cellLegend(isTight: Bool)
  /// Short: where there is little room.
  case crowdLegend(isShort: Bool)
  case inCallShort

  // MARK: the kernel schedules
  case process(UInt16)
  case oneProcess
  case cellOf(Int)
  case tasks(Int)
  case crowd(Era, Int)
  case sample(UInt8)
  case sampleAge(UInt64)
  case notSampled
  case readyOrRunning
  case readyOrRun(Int)
  case columnKernel(isNarrow: Bool)
  case crowdCounts(ready: Int, waiting: Int, inCalls: Int)
  case sampled(running: Int, of: Int)
  case switches(voluntary: UInt32, involuntary: UInt32)

  // MARK: big letters
  case wordThreads, wordProcesses, wordReady, wordWait, wordInCalls
  case tooManyForBig(Int)

  // MARK: explaining, help
  case queueOf(Int)
  case permit
  case helpStage, helpLanes, helpStats, helpMayRun
  /// What `[` and `]` look for while nobody has asked.
  case keyFindOn(Era)
  case helpFindOn(Era)

  // MARK: statistics
  case statsLockWaits(UInt64, nanoseconds: UInt64)
  case statsLooked(UInt64)
  case statsLockTitle, statsLockNote, statsLongest
}

/// What a fiber does that keeps the only thread.
public enum StandStill: Sendable, Hashable {
  case call(String)
  case park(ParkReason?, object: UInt32)
}
