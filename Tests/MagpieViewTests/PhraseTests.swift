import Foundation
import MagpieTrace
import Testing

@testable import MagpieModel
@testable import MagpieView

/// What is said in each language: complete, the same in all, and fit to be drawn.
@Suite struct PhraseTests {
  /// What a trace can hold: every kind and detail, with numbers that are none, one and many.
  static let events: [Event] = {
    let numbers: [(a: UInt32, b: UInt32, c: UInt32)] = [(0, 0, 0), (1, 1, 1), (7, 2, 0x6_0003), (0x6_0003, 400, 1200)]
    var events: [Event] = []
    for kind in EventKind.allCases {
      for detail in UInt8(0)...14 {
        for number in numbers {
          for (processor, fiber) in [(2, 27), (Event.noProcessor, Event.noFiber)] {
            events.append(
              Event(
                time: 1_284_312_000, machine: 5, kind: kind, detail: detail, processor: processor, fiber: fiber,
                a: number.a, b: number.b, c: number.c, d: 4))
          }
        }
      }
    }
    return events
  }()

  /// Phrases that are signs, not words.
  static let signs: [Phrase] = [
    .tempo(50), .time(1_284_312_000), .machines(3), .fibers(12_000), .next, .nothing, .machineCount(3), .more(4),
    .unknown, .era(.name(.nto1)), .era(.name(.mpn)),
    .timelineSeconds, .timelineMark, .timelineShare(45),
    .queueWait(p50: 850, p99: 12_000), .columnMachine, .columnProcessor, .columnFiber, .findExample,
    .fiberColumn(.number), .fiberFilterExample, .statsRate, .statsPercentiles(p50: 850, p99: 12_000, p999: 3_400_000),
  ]

  static let words: [Phrase] =
    [
      .status(.running), .status(.held), .status(.stepping), .status(.ended), .live, .back(3), .eventOf(17, 88_310),
      .rate(12_400), .lost(12), .auditClean, .findings(1), .findings(2000), .deadlock, .slowed(3.2), .seen(0.8),
      .processorsOnCPUs(4, 1), .processorsOnCPUs(4, 2),
      .globalQueue, .timers, .blockingCalls, .queue, .slice, .idle, .empty, .none, .globalShort, .blockingShort,
      .waiting(3), .everyTick, .due(3400), .overdue, .keepsProcessor(2), .gaveProcessor, .hogs, .waitsForItsFiber,
      .moreProcessors(100), .busy(45), .queueCount(17), .idleProcessor, .retiredProcessor, .looksForWork, .spins,
      .inHands(1), .inHands(3), .betweenOperations, .blockedHolder, .givenTo, .onItsWay, .idleMachines, .spinning(1),
      .sysmonEvery(20), .sysmonQuiet, .sysmonRetook(processor: 2, ago: 3400),
      .kernelSees(processes: 1, threads: 1, voluntary: 1204, involuntary: 33),
      .kernelSees(processes: 3, threads: 9, voluntary: 1204, involuntary: 33), .waitInQueue, .waitShort, .kernel,
      .notExact,
      .note(.atGate), .note(.asleepInKernel), .note(.computing), .note(.waitsForLock(name: "x", heldBy: nil)),
      .note(.waitsForLock(name: "x", heldBy: 3)), .columnRunning, .columnQueue,
      .flightSteal(thief: 2, count: 5, observed: 10), .flightStealNext(thief: 2), .flightsMore(3), .flightOverflow(128),
      .flightPush, .flightTake(processor: 1, count: 8), .flightTimer, .flightBlocks(machine: 3),
      .flightDetached(machine: 3), .flightWakes(machine: 3),
      .deadlocked(1), .deadlocked(2000), .waits(fiber: 4, name: "left", park: park),
      .standBehind(names: ["G3 worker"], more: 0), .standBehind(names: ["G3 worker", "G4"], more: 1000),
      .waits(fiber: 4, name: "", park: park),
      .columnTime, .columnWhat, .columnDetails, .lookTook(count: 3, victim: "P1"), .lookTookNext(victim: "P1"),
      .historyBegins(12_000), .noEvents, .nothingYet, .sentence(what: "x", details: "y"),
      .keyHold, .keyRelease, .keyStep, .keyBack, .keyTempo, .keyLive, .keyViews, .keyExplain, .keyFind, .keySteals,
      .keyMatches, .keyFilter, .keySort,
      .keyFreeze, .keyBreak,
      .keyHelp, .keyQuit, .helpTitle, .rowsOf(1, 18, 36), .legend, .helpHold, .helpStep, .helpBack, .helpSlower,
      .helpFaster, .helpLive, .helpFindOn, .helpFind, .helpFilter, .helpBreak, .helpStage, .helpTimeline, .helpFibers,
      .helpEvents, .helpStats, .helpArrows, .helpPages, .helpEnds, .helpFocus, .helpExplain, .helpClose,
      .helpStepSelected, .helpFreeze, .helpWake, .helpBlock, .helpProcessors, .helpLoad, .helpRestart, .helpZoom,
      .helpFit, .helpLanes, .helpMark, .helpSort, .helpSearch("x"),
      .helpTheme, .helpLanguage, .helpMouse, .helpPicture, .helpBig, .tooManyForBig(12), .bigElsewhere,
      .pictureSaved("x"),
      .themes, .themeHint, .themeKind(isDark: true, isMono: false), .themeKind(isDark: false, isMono: false),
      .themeKind(isDark: true, isMono: true), .themeRows(1, 16, 17), .pictureFailed(SystemError(number: 2)), .helpHelp,
      .helpQuit,
      .stoppedBefore(StoppedBefore(kinds: [.stealTook], processor: 2, machine: 5, fiber: 17, isOpen: true)),
      .breaksAt("x"), .frozen(fibers: [1, 2], machines: [3]), .load(0.5), .load(4),
      .filterPrompt, .breakPrompt, .onlyThese("x"), .noSuchEvents,
      .findPrompt, .searching("g:17"), .foundNothing("g:17", isForward: true), .foundNothing("g:17", isForward: false),
      .filterError(.empty), .filterError(.unknownField("x")), .filterError(.unknownKind("x")),
      .filterError(.notANumber(field: "p", value: "x")), .filterError(.notATime(field: "time", value: "x")),
      .filterError(.onlyAfterwards),
      .tooSmall(width: 20, height: 5, neededWidth: 40, neededHeight: 12), .themeNotYAML(file: "x.yaml", line: 3),
      .themeMissing(file: "x.yaml", key: "base0B"), .themeNotAColor(file: "x.yaml", key: "base0B", value: "x"),
      .themeUnknown(name: "drak", nearest: "dark"), .noTerminal, .dumbTerminal("dumb"), .unknownTerminal("x"),
      .keyZoom, .keyFit, .keyLanes, .keyMark,
    ] + looks + flights + things + lanes + compared + lab + eras

  /// What is said of two runs.
  static let compared: [Phrase] = {
    var phrases: [ComparePhrase] = [
      .playing, .byProgress(3, 3, of: 12), .byProgress(3, 4, of: 12), .byTime(1_284_312_000), .done(3, of: 12), .over,
      .figures, .notJudged, .wholeTime, .wholeThreads, .wholeSwitches,
      .better(.less, isDuration: true, factor: nil), .better(.less, isDuration: true, factor: 1.3),
      .better(.less, isDuration: false, factor: 1.3), .better(.more, isDuration: false, factor: 1.3), .alike,
      .isOver, .needsTwo, .checkFailed, .keyPlay, .keyAlign, .keySide, .helpCompare, .helpAlign,
      .side(.serial, processors: 1), .side(.global, processors: 2), .side(.mpn, processors: 2),
    ]
    phrases += Figure.allCases.map { .figure($0) }
    return phrases.map { .compare($0) }
  }()

  /// What the tables of Fibers and Stats say.
  static let tables: [Phrase] = {
    var tables: [Phrase] = FiberOrder.allCases.filter { $0 != .number }.map { .fiberColumn($0) }
    tables += [
      .fibersRun(3), .fibersReady(1200), .fibersInCalls(3), .fibersWait(3), .fibersUnknown(3),
      .noFibers, .noSuchFibers, .fiberNotThere(17), .fiberNotAsked(17), .fiberRows(1, 20, 1200),
      .fiberFilterError(.empty), .fiberFilterError(.unknownField("x")), .fiberFilterError(.unknownState("x")),
      .fiberFilterError(.notANumber(field: "p", value: "x")), .fiberFilterError(.notATime(field: "wait", value: "x")),
      .lifeParent(3), .lifeNoParent, .lifeChildren(0, isAll: true), .lifeChildren(12, isAll: false), .lifeStarts(7),
      .lifeReading(1000, of: 20_000), .lifeUnknown, .lifeBeginsBefore, .lifeNotTold, .lifeEnded, .lifeRuns, .lifeReady,
      .lifeBlocked, .lifeWaits, .lifeLasted(3400), .lifeColumnLasted, .lifeColumnHow,
      .statsWorst, .statsJump, .statsWorstKind(.wait), .statsWorstKind(.run), .statsWorstKind(.call),
      .statsSwitches(1200, rate: 34), .statsSteals(12, percent: 45), .statsHandoffs(7), .statsBusy(45),
      .statsBusyTitle, .statsSinceStart, .statsStealTitle, .statsStealNote, .statsWaitTitle, .statsKindTitle,
      .statsRateOver(3400), .statsKind, .statsCount, .statsContentionTitle, .statsWaited, .statsWaits, .statsWaitNow,
      .statsNoWaits, .statsObject(.lock, 3), .statsHeldBy(17),
    ]
    tables += ReadyCause.allCases.map { .fiberWoken(by: 3, $0) }
    return tables
  }()

  /// What explanations are made of.
  static let things: [Phrase] = {
    var run = Rehearsal(processors: 4, seed: 3)
    run.begin()
    while run.count < 900 { run.step() }
    let state = run.history.live
    var things: [Phrase] = [
      .fiberHasEnded, .wasWoken(by: "G3", .channel, starts: 0, ran: 0), .wasWoken(by: nil, .timer, starts: 3, ran: 90),
      .wasCreated(by: nil, starts: 2, ran: 3400), .foundBy(machine: 4, processor: 2, looks: ["x", "y"]),
      .globalQueueIs(3), .timersAre(4), .blockingAre(0), .blockingAre(2), .poller, .pollerIs, .sysmonIs(0),
      .sysmonIs(20), .eventTitle(17), .ago(0), .ago(3400), .nothingLately,
      .refusal(.waitsForObject(fiber: 3)), .refusal(.isAwake(fiber: 3)), .refusal(.isNotFrozen),
      .refusal(.noSuchFiber(3)),
      .refusal(.noSuchMachine(3)), .refusal(.isTheRuntimes), .refusal(.hasNoSize),
    ]
    things += state.liveFibers.map { .fiberIs($0, now: state.time) }
    things += (0..<state.processorCount).map { .processorIs(state.processor($0)) }
    things += (0..<state.machineCount).compactMap { state.machine($0) }.map {
      .machineIs($0, call: "read", now: state.time)
    }
    for era in Era.allCases where era != .mpn {
      things += [
        .foundBy(machine: 4, processor: 2, looks: ["x", "y"], era: era), .globalQueueIs(1, era: era),
        .globalQueueIs(3, era: era), .timersAre(4, era: era), .blockingAre(0, era: era), .blockingAre(2, era: era),
        .sysmonIs(20, era: era),
      ]
      things += state.liveFibers.map { .fiberIs($0, now: state.time, era: era) }
      things += state.liveFibers.map { .fiberPlace($0.place, call: "read", era: era) }
      things += (0..<state.processorCount).map { .processorIs(state.processor($0), era: era) }
      things += (0..<state.machineCount).compactMap { state.machine($0) }.map {
        .machineIs($0, call: "read", now: state.time, era: era)
      }
    }
    things += tables
    things += state.liveFibers.map { .fiberPlace($0.place, call: "read") }
    things += ParkReason.allCases.map { .park($0, object: 3) } + [.park(nil, object: 3)]
    for kind in SyncObjectState.Kind.allCases {
      things.append(.object(kind, 3))
      things.append(
        .objectIs(
          SyncObjectState(
            id: 3, kind: kind, occupancy: 2, capacity: 4, holder: nil, waiters: 2, waits: 3, waitedNanoseconds: 90,
            isClosed: false, sequence: 1)))
    }
    return things
  }()

  static let park = Event(time: 0, machine: 0, kind: .fiberPark, detail: ParkReason.lock.rawValue, fiber: 4, a: 2)

  static let looks: [Phrase] = Look.allCases.flatMap {
    [.look($0, found: true), .look($0, found: false)]
  }

  static let flights: [Phrase] = (UInt8(0)...20).compactMap(FlightWhat.init(rawValue:)).flatMap { what in
    [
      .flightMany(what: what, times: 3, fibers: 12), .flightShort(what: what, times: 3, fibers: 12, observed: 20),
      .flightShort(what: what, times: 1, fibers: 5, observed: 10),
    ]
  }

  /// What is said of the eras.
  static let eras: [Phrase] = {
    var phrases: [EraPhrase] = Era.allCases.flatMap {
      [.rule($0), .legend($0), .keyFindOn($0), .helpFindOn($0)]
    }
    phrases += [
      .name(.serial), .name(.processes), .name(.threads), .name(.global), .name(.distributed),
      .onlyThread, .lineOfTasks, .runQueue, .hasRun(3400), .finished(12), .nothingToRun, .inCall(name: "read", 3400),
      .inCall(name: "", 0), .waitsOnThread(.sleep, object: 0, 0), .waitsOnThread(.sleep, object: 0, 3400),
      .waitsOnThread(.channelSend, object: 3, 3400),
      .allBehind(fiber: 3, name: "x", does: .call("read"), others: 0),
      .allBehind(fiber: 3, name: "x", does: .park(.sleep, object: 0), others: 12),
      .allBehind(fiber: 3, name: "", does: .park(.lock, object: 2), others: 12),
      .allBehindShort(fiber: 3, others: 12), .toTheTail(12), .mayRunOnCPUs(4, 2), .oneQueue, .itsLock, .lockWaits(12),
      .lockTotals(nanoseconds: 3400, longest: 900), .lockWait(nanoseconds: 3400, holder: 3),
      .lockWait(nanoseconds: 3400, holder: nil), .lockWaiters(3), .lockNeverWaitedFor, .freePermit,
      .freePermitTitle, .aboutToStart, .takes, .puts,
      .gavePermit, .waitingForOthers, .queues(1200), .threadsOf(running: 3, blocked: 1000, asleep: 4),
      .looksOver(machine: 3, count: 1000), .lookedAt(machine: 3, looks: 12, queues: 12),
      .lookedAt(machine: 3, looks: 48, queues: 12), .lookedAndTook(machine: 3, looks: 12, count: 2, victim: "M4"),
      .noSearchYet, .looked, .asleep, .columnDoes, .columnTask, .cellLegend(isTight: true), .cellLegend(isTight: false),
      .readyOrRun(3), .crowdLegend(isShort: true), .crowdLegend(isShort: false), .inCallShort, .process(3),
      .oneProcess, .cellOf(4), .tasks(12), .crowd(.processes, 12), .crowd(.threads, 12), .sampleAge(3400), .notSampled,
      .readyOrRunning, .columnKernel(isNarrow: true), .columnKernel(isNarrow: false),
      .crowdCounts(ready: 1, waiting: 2, inCalls: 3), .sampled(running: 2, of: 12),
      .switches(voluntary: 12, involuntary: 3), .wordThreads, .wordProcesses, .wordReady, .wordWait, .wordInCalls,
      .tooManyForBig(12), .queueOf(3), .permit, .helpStage, .helpLanes, .helpStats, .helpMayRun,
      .statsLockWaits(12, nanoseconds: 3400), .statsLooked(1200), .statsLockTitle, .statsLockNote, .statsLongest,
    ]
    phrases += "RSDTX".utf8.map { .sample($0) }
    return phrases.map { .era($0) }
  }()

  /// What the Timeline says.
  static let lanes: [Phrase] = {
    var lanes: [Phrase] = [
      .timelineWindow(5_000_000, cell: 48_000), .timelineWindow(100, cell: 0), .timelineReading(37),
      .timelineMeasure(1500, events: 1, isBack: false), .timelineMeasure(1500, events: -2000, isBack: true),
      .timelineWhole, .timelineLanes(1, 47, 128), .timelineRuns, .timelineParts, .timelineIdle, .timelineAsleep,
      .timelineSearches, .timelineSpins, .timelineInCall, .timelineQueued, .timelineParked, .timelineSteal,
      .timelineHandoff, .timelineWake, .timelineCount,
    ]
    for kind in LaneKind.allCases {
      for state in LaneState.allCases where kind != .fibers || state != .spinning && state != .searching {
        // A processor runs no fiber without a processor, and neither it nor a machine waits in a queue.
        if kind != .fibers, state == .runnable || kind == .processors && state == .detached { continue }
        for detail in UInt8(0)...4 {
          let value = LaneValue(state, detail: detail, fiber: 2)
          for (call, length) in [("", nil), ("read", 900 as UInt64)] {
            for era in Era.allCases {
              lanes.append(
                .timelineNow(kind, value, fiber: "G2 x", call: call, elapsed: 300, length: length, era: era))
            }
          }
        }
      }
    }
    return lanes
  }()

  /// What a fiber waits for, on its lane.
  @Test func everyWaitHasAWordInEachLanguage() {
    for reason in ParkReason.allCases.map(Optional.some) + [nil] {
      let words = Words(.timelineWaits(reason))
      check(words)
      #expect(words.english != words.chinese || reason == .select || reason == .netpoll)
    }
  }

  @Test(arguments: words)
  func everyPhraseHasWordsOfItsOwnInEachLanguage(_ phrase: Phrase) {
    let words = Words(phrase)
    check(words)
    #expect(words.chinese != words.english)
  }

  @Test("What the kernel refuses is said in each language, and what has no words by its number")
  func refusals() {
    for number: Int32 in [1, 2, 13, 17, 20, 21, 24, 28, 98, 111] {
      let error = SystemError(number: number)
      #expect(Language.chinese(error).contains { !$0.isASCII } && !Language.chinese(error).contains(error.text))
      #expect(Language.english(error) == error.text)
    }
    #expect(Language.chinese(SystemError(number: 9_999)).contains("9999"))
  }

  @Test func signsAreTheSameEverywhere() {
    for phrase in PhraseTests.signs {
      let words = Words(phrase)
      check(words)
      #expect(words.chinese == words.english)
    }
  }

  @Test func everyEventIsToldAndExplainedInEachLanguage() {
    var said: Set<Words> = []
    for event in PhraseTests.events {
      for era in Era.allCases {
        for text in ["", "name"] {
          said.insert(Words(.eventWhat(event, text: text, era: era)))
          said.insert(Words(.eventDetails(event, text: text, era: era), mayBeEmpty: true))
        }
        let why = Words(.why(event, era))
        #expect(why.english != why.chinese)
        said.insert(why)
        said.insert(Words(.lifeHow(event, fiber: event.fiber, era: era), mayBeEmpty: true))
        said.insert(Words(.lifeHow(event, fiber: 999, era: era), mayBeEmpty: true))
      }
      said.insert(Words(.lately(event), mayBeEmpty: true))
    }
    #expect(said.count > EventKind.allCases.count * 3)
    for words in said { check(words) }
  }

  /// A phrase in both languages.
  private struct Words: Hashable {
    let english: String
    let chinese: String
    let mayBeEmpty: Bool

    init(_ phrase: Phrase, mayBeEmpty: Bool = false) {
      english = Language.english(phrase)
      chinese = Language.chinese(phrase)
      self.mayBeEmpty = mayBeEmpty
    }
  }

  /// Said in both languages or in none, with the same numbers, in characters that every terminal can draw, and set as each
  /// language is set.
  private func check(_ words: Words) {
    let (english, chinese) = (words.english, words.chinese)
    if !words.mayBeEmpty { #expect(!english.isEmpty) }
    #expect(english.isEmpty == chinese.isEmpty, "\(english) | \(chinese)")
    #expect(numbers(english) == numbers(chinese), "\(english) | \(chinese)")
    for text in [english, chinese] {
      #expect(harmless(text) == text)
      #expect(text.unicodeScalars.allSatisfy { CharacterWidth.of($0.value) > 0 }, "\(text)")
      #expect(text.trimmingCharacters(in: .whitespaces) == text)
    }
    #expect(chinese.firstMatch(of: /[\u4E00-\u9FFF][,;:.!?()]/) == nil, "half-width punctuation: \(chinese)")
    #expect(
      chinese.firstMatch(of: /[\u4E00-\u9FFF][A-Za-z0-9]|[A-Za-z0-9][\u4E00-\u9FFF]/) == nil, "no space: \(chinese)")
  }

  private func numbers(_ text: String) -> [Substring] { text.matches(of: /[0-9]+/).map(\.output).sorted() }
}
