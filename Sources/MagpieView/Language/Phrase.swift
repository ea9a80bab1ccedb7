public import MagpieModel
public import MagpieTrace

/// Everything that the screen says. Each language answers with one exhaustive switch, so that the compiler finds a
/// phrase that is missing.
public enum Phrase: Sendable, Hashable {
  // MARK: header
  case status(ProgramStatus)
  case live
  case back(UInt64)
  case eventOf(UInt64, UInt64)
  case time(UInt64)
  case tempo(Int)
  case rate(Double)
  case lost(UInt64)
  case auditClean
  case findings(Int)
  case deadlock
  case slowed(Double)
  case seen(Double)
  case processorsOnCPUs(Int, Int)
  case machines(Int)
  case fibers(Int)

  // MARK: stage
  case globalQueue, timers, blockingCalls, queue, next, slice, idle, empty, none, nothing
  case globalShort, blockingShort
  case waiting(Int)
  case everyTick
  case due(UInt64)
  case overdue
  case machineCount(Int)
  case keepsProcessor(Int)
  case gaveProcessor
  case hogs
  case waitsForItsFiber
  case more(Int)
  case moreProcessors(Int)
  case busy(Int)
  case queueCount(Int)
  case idleProcessor
  case retiredProcessor
  case looksForWork
  case spins
  case inHands(Int)
  case betweenOperations
  case blockedHolder
  case givenTo
  case onItsWay
  case unknown
  case idleMachines
  case spinning(Int)
  case sysmonEvery(UInt32)
  case sysmonQuiet
  case sysmonRetook(processor: Int, ago: UInt64)
  case queueWait(p50: UInt64, p99: UInt64)
  case kernelSees(processes: Int, threads: Int, voluntary: UInt64, involuntary: UInt64)
  case waitInQueue, waitShort, kernel
  case notExact
  case note(MachineNote)
  /// What has just happened to a processor, beside its machine.
  case lately(Event)
  /// The report of a deadlock: how many wait, and each of them with what it waits for.
  case deadlocked(Int)
  case waits(fiber: UInt32, name: String, park: Event)
  /// Under serial: the first of those that stand behind who waits, and how many more there are.
  case standBehind(names: [String], more: Int)
  case columnMachine, columnRunning, columnQueue

  // MARK: motion
  case flightSteal(thief: Int, count: Int, observed: Int)
  case flightStealNext(thief: Int)
  case flightMany(what: FlightWhat, times: Int, fibers: Int)
  case flightShort(what: FlightWhat, times: Int, fibers: Int, observed: Int)
  case flightsMore(Int)
  case flightOverflow(Int)
  case flightPush
  case flightTake(processor: Int, count: Int)
  case flightTimer
  case flightBlocks(machine: Int)
  case flightDetached(machine: Int)
  case flightWakes(machine: Int)

  // MARK: events
  case columnTime, columnProcessor, columnFiber, columnWhat, columnDetails
  case eventWhat(Event, text: String, era: Era = .mpn)
  case eventDetails(Event, text: String, era: Era = .mpn)
  /// What and details as one line.
  case sentence(what: String, details: String)
  /// Which rule an event follows, in one sentence.
  case why(Event, Era = .mpn)
  case look(Look, found: Bool)
  case lookTook(count: Int, victim: String)
  case lookTookNext(victim: String)
  case historyBegins(UInt64)
  case noEvents
  case nothingYet

  // MARK: timeline
  case timelineWindow(UInt64, cell: UInt64)
  case timelineReading(Int)
  case timelineMeasure(UInt64, events: Int, isBack: Bool)
  case timelineSeconds, timelineMark, timelineWhole
  case timelineShare(Int)
  /// What a fiber waits for, in a word.
  case timelineWaits(ParkReason?)
  case timelineLanes(Int, Int, Int)
  case timelineNow(
    LaneKind, LaneValue, fiber: String, call: String, elapsed: UInt64, length: UInt64?, era: Era = .mpn)
  case timelineRuns, timelineParts, timelineIdle, timelineAsleep, timelineSearches, timelineSpins, timelineInCall
  case timelineQueued, timelineParked, timelineSteal, timelineHandoff, timelineWake, timelineCount

  // MARK: keys and help
  case keyHold, keyRelease, keyStep, keyBack, keyTempo, keyLive, keyViews, keyExplain
  case keyFind, keySteals, keyMatches, keyFilter, keySort, keyBreak, keyFreeze, keyHelp, keyQuit
  case keyZoom, keyFit, keyLanes, keyMark, keyUnzoom
  case helpTitle, legend
  /// Rows that are shown, from and to, of so many.
  case rowsOf(Int, Int, Int)
  case helpSearch(String)
  case helpHold, helpStep, helpBack, helpSlower, helpFaster, helpLive, helpFindOn, helpFind, helpFilter, helpBreak
  case helpStage, helpTimeline, helpFibers, helpEvents, helpStats
  case helpArrows, helpPages, helpEnds, helpFocus, helpExplain, helpZoomPane, helpClose
  case helpStepSelected, helpFreeze, helpWake, helpBlock, helpProcessors, helpLoad, helpRestart
  case helpZoom, helpFit, helpLanes, helpMark, helpSort
  case helpTheme, helpLanguage, helpMouse, helpBig, helpPicture, helpHelp, helpQuit

  // MARK: banner
  case refusal(Refusal)
  case stoppedBefore(StoppedBefore)
  case breaksAt(String)
  case frozen(fibers: [UInt32], machines: [UInt16])
  case load(Double)

  // MARK: big letters
  case tooManyForBig(Int), bigElsewhere

  // MARK: panes
  case zoomOnePane

  // MARK: themes
  case themes, themeHint
  case themeKind(isDark: Bool, isMono: Bool)
  /// Rows that are shown, from and to, of so many.
  case themeRows(Int, Int, Int)

  // MARK: pictures
  /// A picture of the screen was written: its name, without the endings.
  case pictureSaved(String)
  /// It was not, and why.
  case pictureFailed(SystemError)

  // MARK: finding
  case findPrompt, filterPrompt, breakPrompt, findExample
  /// Only events of a filter are listed.
  case onlyThese(String)
  case noSuchEvents
  case searching(String)
  case foundNothing(String, isForward: Bool)
  case filterError(FilterError)

  // MARK: compare
  case compare(ComparePhrase)

  // MARK: lessons
  case lessonStop(Int, Int, isPlaying: Bool)
  case lessonPreparing
  case stopNeverReached(number: Int, filter: String, line: Int)
  case lessonError(LessonError)
  case keyNext, keyPrevious

  // MARK: explaining
  case fiberIs(FiberState, now: UInt64, era: Era = .mpn)
  case fiberHasEnded
  case wasWoken(by: String?, ReadyCause, starts: Int, ran: UInt64)
  case wasCreated(by: String?, starts: Int, ran: UInt64)
  /// How a fiber came to run where it runs.
  case foundBy(machine: Int, processor: Int, looks: [String], era: Era = .mpn)
  case processorIs(ProcessorState, era: Era = .mpn)
  case machineIs(MachineState, call: String, now: UInt64, era: Era = .mpn)
  case object(SyncObjectState.Kind, UInt32)
  case objectIs(SyncObjectState)
  case globalQueueIs(Int, era: Era = .mpn)
  case timersAre(Int, era: Era = .mpn)
  case blockingAre(Int, era: Era = .mpn)
  case poller, pollerIs
  case sysmonIs(UInt32, era: Era = .mpn)
  case eventTitle(UInt64)
  case ago(UInt64)
  case nothingLately
  /// What the reason of a wait waits for.
  case park(ParkReason?, object: UInt32)

  // MARK: fibers
  case fiberColumn(FiberOrder)
  /// Where a fiber is; `call`: what it calls, if it blocks in a call.
  case fiberPlace(FiberState.Place, call: String, era: Era = .mpn)
  case fibersRun(Int), fibersReady(Int), fibersInCalls(Int), fibersWait(Int), fibersUnknown(Int)
  case fiberWoken(by: UInt32, ReadyCause)
  case noFibers, noSuchFibers
  /// The cursor's fiber is not there at this moment, or is not among those of the filter.
  case fiberNotThere(UInt32), fiberNotAsked(UInt32)
  /// Rows that are shown, from and to, of so many.
  case fiberRows(Int, Int, Int)
  case fiberFilterExample
  case fiberFilterError(FiberFilterError)
  case lifeParent(UInt32), lifeNoParent, lifeChildren(Int, isAll: Bool), lifeStarts(Int)
  case lifeReading(Int, of: Int)
  case lifeUnknown, lifeBeginsBefore, lifeNotTold, lifeEnded
  case lifeRuns, lifeReady, lifeBlocked, lifeWaits
  case lifeLasted(UInt64)
  case lifeColumnLasted, lifeColumnHow
  /// How a fiber came to where an event left it.
  case lifeHow(Event, fiber: UInt32, era: Era = .mpn)

  // MARK: stats
  case statsWorst, statsJump
  case statsWorstKind(WorstCase.Kind)
  case statsSwitches(UInt64, rate: Double)
  /// Steals that got something, and of how many tries these are so many percent.
  case statsSteals(UInt64, percent: Int)
  case statsHandoffs(UInt64)
  case statsBusy(Int)
  case statsBusyTitle, statsSinceStart, statsStealTitle, statsStealNote, statsWaitTitle
  case statsPercentiles(p50: UInt64, p99: UInt64, p999: UInt64)
  case statsKindTitle, statsKind, statsCount, statsRate
  case statsRateOver(UInt64)
  case statsContentionTitle, statsWaited, statsWaits, statsWaitNow, statsNoWaits
  case statsObject(SyncObjectState.Kind, UInt32)
  case statsHeldBy(UInt32)

  // MARK: the older eras
  case era(EraPhrase)

  // MARK: trouble
  case tooSmall(width: Int, height: Int, neededWidth: Int, neededHeight: Int)
  case themeNotYAML(file: String, line: Int)
  case themeMissing(file: String, key: String)
  case themeNotAColor(file: String, key: String, value: String)
  case themeUnknown(name: String, nearest: String)
  case noTerminal
  case dumbTerminal(String)
  case unknownTerminal(String)

  case lab(LabPhrase)
}

extension Phrase {
  /// `G17 worker/3`: with whom a sentence begins, in each language.
  static func subject(_ fiber: UInt32, _ name: String) -> String { name.isEmpty ? "G\(fiber)" : "G\(fiber) \(name)" }
}

/// What travels on the Stage.
public enum FlightWhat: UInt8, Sendable, Hashable {
  case steal, stealNext, overflow, globalTake, globalPush, timer, blocking, detach, wake
}

extension ThemeError {
  /// The error in words.
  public var phrase: Phrase {
    switch self {
    case .notYAML(let file, let error): .themeNotYAML(file: harmless(file), line: error.line ?? 1)
    case .missing(let file, let line, let key): .themeMissing(file: harmless("\(file):\(line)"), key: key)
    case .notAColor(let file, let line, let key, let value):
      .themeNotAColor(file: harmless("\(file):\(line)"), key: key, value: harmless(String(value.prefix(40))))
    case .unknown(let name, let nearest): .themeUnknown(name: name, nearest: nearest)
    }
  }
}
