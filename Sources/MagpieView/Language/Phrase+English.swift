import MagpieModel
import MagpieTrace

extension Phrase {
  /// The phrase in English.
  var english: String {
    switch self {
    case .status(.running): "RUNNING"
    case .status(.held): "HELD"
    case .status(.stepping): "STEPPING"
    case .status(.ended): "ENDED"
    case .live: "LIVE"
    case .back(let count): "BACK \(Numbers.grouped(count))"
    case .eventOf(let position, let end): "event \(Numbers.grouped(position)) / \(Numbers.grouped(end))"
    case .time(let time): Numbers.seconds(time) + " s"
    case .tempo(let denominator): "1/" + Numbers.grouped(denominator)
    case .rate(let rate): Numbers.compact(rate) + " ev/s"
    case .lost(let count): "lost \(Numbers.grouped(count))"
    case .auditClean: "audit ✓"
    case .findings(let count): count == 1 ? "✗ 1 finding" : "✗ \(Numbers.grouped(count)) findings"
    case .deadlock: "DEADLOCK"
    case .slowed(let factor): "slowed \(Numbers.tenths(factor))×"
    case .seen(let part): "seeing \(Int(min(max(part, 0), 1) * 100)) %"
    case .processorsOnCPUs(let processors, let cpus): "\(processors) P on \(cpus) CPU\(cpus == 1 ? "" : "s")"
    case .machines(let count): "\(Numbers.grouped(count)) M"
    case .fibers(let count): "\(Numbers.grouped(count)) G"

    case .globalQueue: "global queue"
    case .timers: "timers"
    case .blockingCalls: "blocking calls"
    case .globalShort: "global"
    case .blockingShort: "blocking"
    case .queue: "queue"
    case .next: "next"
    case .slice: "slice"
    case .idle: "idle"
    case .empty: "empty"
    case .none: "none"
    case .nothing: "—"
    case .waiting(let count): "\(Numbers.grouped(count)) wait"
    case .everyTick: "every 61st look"
    case .due(let time): "in \(Numbers.duration(time))"
    case .overdue: "due"
    case .machineCount(let count): "\(count) M"
    case .keepsProcessor(let processor): "keeps P\(processor)"
    case .gaveProcessor: "without P"
    case .hogs: "hogs"
    case .waitsForItsFiber: "locked, waits"
    case .more(let count): "+\(Numbers.grouped(count))"
    case .moreProcessors(let count): "… and \(count) more P"
    case .busy(let percent): "\(percent) % busy"
    case .queueCount(let count): "queue \(count)"
    case .idleProcessor: "no M: nothing to run"
    case .retiredProcessor: "retired: fewer Ps wanted"
    case .looksForWork: "looks for work"
    case .spins: "spins: looks for work"
    case .inHands(let count): count == 1 ? "has 1 in hand" : "has \(count) in hand"
    case .betweenOperations: "between two fibers"
    case .blockedHolder: "blocks in a call"
    case .givenTo: "is given this P, wakes up"
    case .onItsWay: "on its way to another M"
    case .unknown: "?"
    case .idleMachines: "idle"
    case .spinning(let count): "spinning \(count)"
    case .sysmonEvery(let pace): "looks every \(Numbers.duration(UInt64(pace) * 1000))"
    case .sysmonQuiet: "quiet"
    case .sysmonRetook(let processor, let ago): "retook P\(processor) \(Numbers.duration(ago)) ago"
    case .queueWait(let p50, let p99): "p50 \(Numbers.duration(p50))  p99 \(Numbers.duration(p99))"
    case .kernelSees(let processes, let threads, let voluntary, let involuntary):
      (processes == 1
        ? "1 process, " + (threads == 1 ? "1 thread" : "\(Numbers.grouped(threads)) threads")
        : "\(Numbers.grouped(processes)) processes")
        + ", \(Numbers.short(voluntary)) switches by choice, \(Numbers.short(involuntary)) forced"
    case .waitInQueue: "wait in queue"
    case .waitShort: "waits"
    case .kernel: "kernel sees"
    case .notExact: "after a loss: ? until the next snapshot"
    case .lately(let event): Phrase.englishLately(event)
    case .note(.atGate): "at the gate"
    case .note(.asleepInKernel): "asleep in the kernel"
    case .note(.computing): "computing"
    case .note(.waitsForLock(let name, let holder)):
      "waits for \(name)" + (holder.map { " held by M\($0)" } ?? "")
    case .deadlocked(let count):
      count == 1
        ? "deadlock: 1 fiber waits, and nothing can wake it"
        : "deadlock: \(Numbers.grouped(count)) fibers wait, and nothing can wake them"
    case .waits(let fiber, let name, let park):
      Phrase.subject(fiber, name) + " " + Phrase.englishWhat(park, "") + " " + Phrase.englishDetails(park, "")
    case .standBehind(let names, let more):
      "behind it, not begun: \(names.joined(separator: ", "))" + (more > 0 ? " and \(Numbers.grouped(more)) more" : "")
    case .columnMachine: "M"
    case .columnRunning: "running"
    case .columnQueue: "queue"

    case .flightSteal(let thief, let count, let observed): "P\(thief) steals \(count) of \(observed)"
    case .flightStealNext(let thief): "P\(thief) steals next"
    case .flightMany(let what, let times, let fibers): Phrase.englishFlight(what, times, fibers)
    case .flightShort(let what, let times, let fibers, let observed):
      Phrase.englishShortFlight(what, times, fibers, observed)
    case .flightsMore(let count): "+\(count) more"
    case .flightOverflow(let count): "overflow: \(count) to the global queue"
    case .flightPush: "to the global queue"
    case .flightTake(let processor, let count): "P\(processor) takes \(count)"
    case .flightTimer: "time is up"
    case .flightBlocks(let machine): "M\(machine) blocks"
    case .flightDetached(let machine): "M\(machine) loses its P"
    case .flightWakes(let machine): "M\(machine) wakes"

    case .columnTime: "time"
    case .columnProcessor: "P"
    case .columnFiber: "G"
    case .columnWhat: "what"
    case .columnDetails: "details"
    case .eventWhat(let event, let text, let era):
      Phrase.englishWhat(event, era) ?? Phrase.englishWhat(event, text)
    case .eventDetails(let event, let text, let era):
      Phrase.englishDetails(event, era) ?? Phrase.englishDetails(event, text)
    case .sentence(let what, let details): details.isEmpty ? what : "\(what): \(details)"
    case .why(let event, let era): Phrase.englishWhy(event, era) ?? Phrase.englishWhy(event)
    case .look(let look, let found): Phrase.english(look, found)
    case .lookTook(let count, let victim): "took \(count) from \(victim)"
    case .lookTookNext(let victim): "took the next of \(victim)"
    case .historyBegins(let event): "history begins at event \(Numbers.grouped(event))"
    case .noEvents: "no events yet"
    case .nothingYet: "Nothing has happened yet."

    case .timelineWindow, .timelineReading, .timelineMeasure, .timelineSeconds,
      .timelineMark, .timelineWhole, .timelineShare, .timelineLanes, .timelineNow, .timelineWaits, .timelineRuns,
      .timelineParts,
      .timelineIdle, .timelineAsleep, .timelineSearches, .timelineSpins, .timelineInCall, .timelineQueued,
      .timelineParked, .timelineSteal, .timelineHandoff, .timelineWake, .timelineCount:
      englishTimeline

    case .keyHold: "hold"
    case .keyRelease: "release"
    case .keyStep: "step"
    case .keyBack: "back"
    case .keyTempo: "tempo"
    case .keyLive: "live"
    case .keyViews: "views"
    case .keyExplain: "explain"
    case .keyFind: "find"
    case .keySteals: "steals"
    case .keyMatches: "matches"
    case .keyFilter: "filter"
    case .keySort: "sort"
    case .keyBreak: "break"
    case .keyFreeze: "freeze"
    case .keyHelp: "help"
    case .keyQuit: "quit"
    case .keyUnzoom: "all panes"
    case .keyZoom: "zoom"
    case .keyFit: "whole"
    case .keyLanes: "lanes"
    case .keyMark: "mark"
    case .helpTitle: "keys"
    case .rowsOf(let first, let last, let count): "\(first)–\(last) of \(count) · ↑ ↓ · / search"
    case .helpSearch(let text): "search: \(text)"
    case .legend: "G fiber · M thread · P processor · ▶ running · next runs after it"
    case .helpHold: "hold the program, let it go on"
    case .helpStep: "one event forward; at the live edge, one operation"
    case .helpBack: "one event back: only what you see, never the program"
    case .helpSlower: "slower: 1/2, 1/5, 1/10 … 1/10,000"
    case .helpFaster: "faster, up to 1/1"
    case .helpLive: "back to the live edge"
    case .helpFindOn: "next, previous match (a steal); live: run on to it"
    case .helpFind: "find an event: kind:steal p:0 g:17 time>1.5ms"
    case .helpFilter: "show only what a filter names"
    case .helpBreak: "breakpoint: hold the program before what a filter names"
    case .helpStage: "Stage: processors, threads, queues"
    case .helpTimeline: "Timeline: what ran where, and when"
    case .helpFibers: "Fibers: all of them, and the life of one"
    case .helpEvents: "Events: the log"
    case .helpStats: "Stats: totals, waits, steals, the worst cases"
    case .helpArrows: "move: the selection, a row, or time"
    case .helpPages: "a page back, a page forward"
    case .helpEnds: "the oldest, the newest"
    case .helpFocus: "select the next thing; in Compare, look at the other run"
    case .helpExplain: "explain what is selected, open it"
    case .helpClose: "close, let go of the selection"
    case .helpStepSelected: "step the selected M or G only"
    case .helpFreeze: "freeze the selected G or M, thaw it"
    case .helpWake: "wake the selected G from its sleep"
    case .helpBlock: "park the selected G until it is woken"
    case .helpProcessors: "one P fewer, one more"
    case .helpLoad: "half the load, twice the load, from the next round on"
    case .helpRestart: "begin again with the same seed"
    case .helpZoomPane: "the pane of what is selected alone; again or esc: all panes"
    case .helpZoom: "Timeline: zoom out, in"
    case .helpFit: "Timeline: the whole; undo a zoom"
    case .helpLanes: "Timeline: lanes of P, M or G"
    case .helpMark: "mark a moment, to measure from"
    case .helpSort: "Fibers, Stats: sort by the next column, reverse"
    case .helpTheme: "choose a theme, seen at once"
    case .helpLanguage: "switch between English and Chinese"
    case .helpMouse: "mouse off, on; Shift while dragging selects text"
    case .helpBig: "big letters for the last row: Stage, Events"
    case .helpPicture: "save a picture of the screen: SVG and plain text"
    case .helpHelp: "this page"
    case .helpQuit: "quit"

    case .refusal(let refusal): Phrase.english(refusal)
    case .stoppedBefore(let stopped):
      "■ before \(Phrase.kinds(stopped)) · \(Phrase.place(stopped))"
        + (stopped.isOpen ? " · it may turn out otherwise" : "")
    case .breaksAt(let text): "breaks at \(text)"
    case .frozen(let fibers, let machines): "frozen " + Phrase.names(fibers, machines)
    case .load(let factor): "load ×" + Phrase.factor(factor)

    case .tooManyForBig(let count): "no room for \(count) P in big letters"
    case .zoomOnePane: "this view is one pane, and has the whole body"
    case .bigElsewhere: "big letters are in the Stage; Events are spaced"
    case .themes: "themes"
    case .themeHint: "enter take · esc back · a–z jump"
    case .themeKind(_, true): "no colour"
    case .themeKind(let isDark, false): isDark ? "dark" : "light"
    case .themeRows(let first, let last, let count): "\(first)–\(last) of \(count)"
    case .pictureSaved(let name): "saved as \(name).svg and .txt in the current folder"
    case .pictureFailed(let why): "no picture was saved: \(Language.english(why))"

    case .findPrompt: "find"
    case .filterPrompt: "only"
    case .breakPrompt: "break at"
    case .onlyThese(let text): "only \(text)"
    case .noSuchEvents: "no such event near this moment"
    case .findExample: "kind:steal p:0 m:1 g:17 wait>1ms -kind:sysmon"
    case .searching(let text): "looking for \(text) …"
    case .foundNothing(let text, let isForward): "\(text): none \(isForward ? "after" : "before") this one"
    case .filterError(let error): Phrase.english(error)

    case .compare(let phrase): phrase.english

    case .lessonStop(let number, let count, let isPlaying): "\(isPlaying ? "TO STOP" : "STOP") \(number) / \(count)"
    case .lessonPreparing: "the run is being made …"
    case .stopNeverReached(let number, let filter, let line):
      "stop \(number), \(filter), is never reached (line \(line) of the lesson)"
    case .lessonError(let error): Phrase.english(error)
    case .keyNext: "next"
    case .keyPrevious: "back"

    case .fiberIs(let fiber, let now, let era): Phrase.english(fiber, now, era) ?? Phrase.english(fiber, now)
    case .fiberHasEnded: "It has ended."
    case .wasWoken(let waker, let cause, let starts, let ran):
      "Woken\(waker.map { " by \($0)" } ?? "") \(Phrase.english(cause)). " + Phrase.englishLife(starts, ran)
    case .wasCreated(let parent, let starts, let ran):
      "Created by \(parent ?? "the runtime"), never woken yet. " + Phrase.englishLife(starts, ran)
    case .foundBy(let machine, _, let looks, let era) where era != .mpn:
      "It runs there because M\(machine) looked for work: " + looks.joined(separator: " · ") + "."
    case .foundBy(let machine, let processor, let looks, _):
      "It runs there because M\(machine) looked for work for P\(processor): " + looks.joined(separator: " · ") + "."
    case .processorIs(let processor, let era): Phrase.english(processor, era) ?? Phrase.english(processor)
    case .machineIs(let machine, let call, let now, let era):
      Phrase.english(machine, call, now, era) ?? Phrase.english(machine, call, now)
    case .object(let kind, let id): "\(Phrase.english(kind)) \(id)"
    case .objectIs(let object): Phrase.english(object)
    case .globalQueueIs(let count, let era) where era != .mpn: Phrase.english(globalQueue: count, era)
    case .globalQueueIs(let count, _):
      "The queue that all Ps share, behind one lock: \(Numbers.grouped(count)) wait. It takes what overflows, what was "
        + "preempted, and what comes back without a P."
    case .timersAre(let count, let era) where era != .mpn: Phrase.english(timers: count, era)
    case .timersAre(let count, _):
      "\(Numbers.grouped(count)) armed. Each P keeps its own; a search looks at them first, and Ms that find nothing sleep "
        + "until the earliest is due."
    case .blockingAre(let count, let era) where era != .mpn: Phrase.english(blocking: count, era)
    case .blockingAre(let count, _):
      count == 0
        ? "No M is in a blocking call."
        : "\(count) M in calls into the kernel, or on without a P. Their fibers keep the thread; others go on with the P."
    case .poller: "network poller"
    case .pollerIs:
      "Fibers that wait for I/O wait here, without a thread each. Searches look into it; sysmon does when all are busy."
    case .sysmonIs(_, let era) where era != .mpn:
      "The monitor thread, which runs no fibers: it asks hogs for a checkpoint and looks into the poller."
    case .sysmonIs(let pace, _):
      "The monitor thread, which needs no P: it retakes Ps of long calls, asks hogs for a checkpoint, and looks into the poller"
        + (pace == 0 ? "." : ", every \(Numbers.duration(UInt64(pace) * 1000)) now.")
    case .eventTitle(let number): "event \(Numbers.grouped(number))"
    case .ago(let time): time == 0 ? "Just now" : "\(Numbers.duration(time)) ago"
    case .nothingLately: "Nothing has happened to it lately."
    case .park(let reason, let object): Phrase.english(reason, object)

    case .fiberColumn, .fiberPlace, .fibersRun, .fibersReady, .fibersInCalls, .fibersWait, .fibersUnknown, .fiberWoken,
      .noFibers, .noSuchFibers, .fiberNotThere, .fiberNotAsked, .fiberRows, .fiberFilterExample, .fiberFilterError:
      englishFibers
    case .lifeParent, .lifeNoParent, .lifeChildren, .lifeStarts, .lifeReading, .lifeUnknown, .lifeBeginsBefore,
      .lifeNotTold, .lifeEnded, .lifeRuns, .lifeReady, .lifeBlocked, .lifeWaits, .lifeLasted, .lifeColumnLasted,
      .lifeColumnHow, .lifeHow:
      englishLife

    case .statsWorst, .statsJump, .statsWorstKind, .statsSwitches, .statsSteals, .statsHandoffs, .statsBusy,
      .statsBusyTitle, .statsSinceStart, .statsStealTitle, .statsStealNote, .statsWaitTitle, .statsPercentiles,
      .statsKindTitle, .statsKind, .statsCount, .statsRate, .statsRateOver, .statsContentionTitle, .statsWaited,
      .statsWaits, .statsWaitNow, .statsNoWaits, .statsObject, .statsHeldBy:
      englishStats

    case .era(let phrase): phrase.english
    case .tooSmall(let width, let height, let neededWidth, let neededHeight):
      "\(width)×\(height): needs \(neededWidth)×\(neededHeight)"
    case .themeNotYAML(let file, let line): "theme \(file): line \(line) is not YAML"
    case .themeMissing(let file, let key): "theme \(file): \(key) is missing"
    case .themeNotAColor(let file, let key, let value):
      "theme \(file): \(key) is '\(value)', not a colour like '#1c2230'"
    case .themeUnknown(let name, let nearest): "unknown theme '\(name)'; did you mean '\(nearest)'?"
    case .noTerminal: "this is not a terminal; use --headless or --text"
    case .dumbTerminal(let name): "TERM=\(name) cannot draw; use --headless or --text"
    case .unknownTerminal(let name): "TERM=\(name) is unknown here; use --headless or --text, or another TERM"
    case .lab(let phrase): phrase.english
    }
  }

  static func english(_ error: FilterError) -> String {
    switch error {
    case .empty: "what? for example kind:steal p:0"
    case .unknownField(let name):
      "no field '\(name)': there are \(Filter.Field.allCases.map(\.rawValue).joined(separator: " "))"
    case .unknownKind(let name): "no kind '\(name)': for example steal, park, ready, syscallEnter"
    case .notANumber(let field, let value): "'\(value)' is no number: \(field):0"
    case .notATime(let field, let value): "'\(value)' is no time: \(field)>1.5ms"
    case .onlyAfterwards: "how long it lasts is known only afterwards: it can be found, not stopped before"
    }
  }

  private static func englishLately(_ event: Event) -> String {
    switch event.kind {
    case .machineSpinEnd: SpinEnd(rawValue: event.detail) == .found ? "stops spinning" : "gives up"
    case .processorDetach: "P taken from M\(event.b)"
    case .processorRetake: "P retaken from M\(event.b)"
    case .processorHandoff: "P handed on by M\(event.machine)"
    case .fiberPreempt: "preempts G\(event.fiber)"
    case .machineHog: "G\(event.fiber) hogs it"
    case .machineSyscallExit: "back from its call"
    default: ""
    }
  }

  private static func englishFlight(_ what: FlightWhat, _ times: Int, _ fibers: Int) -> String {
    let (times, fibers) = (Numbers.grouped(times), Numbers.grouped(fibers))
    return switch what {
    case .steal: "\(times) steals · \(fibers) fibers"
    case .stealNext: "\(times) steals of next"
    case .overflow: "\(times) overflows · \(fibers) fibers"
    case .globalTake: "\(times) takes · \(fibers) fibers"
    case .globalPush: "\(times) pushes · \(fibers) fibers"
    case .timer: "\(times) timers"
    case .blocking: "\(times) blocking calls"
    case .detach: "\(times) lose their P"
    case .wake: "\(times) wake-ups"
    }
  }

  private static func englishShortFlight(_ what: FlightWhat, _ times: Int, _ fibers: Int, _ observed: Int) -> String {
    let isOne = times == 1
    return switch what {
    case .steal: isOne ? "steals \(fibers) of \(observed)" : "\(times) steals, \(fibers) G"
    case .stealNext: isOne ? "steals next" : "\(times)× steals next"
    case .overflow: isOne ? "\(fibers) overflow" : "\(Numbers.compact(Double(fibers))) overflow"
    case .globalTake: "takes \(fibers)"
    case .globalPush: "puts \(fibers)"
    case .timer: isOne ? "time is up" : "\(times) timers"
    case .blocking: isOne ? "blocks" : "\(times) block"
    case .detach: isOne ? "loses its P" : "\(times) lose their P"
    case .wake: isOne ? "wakes" : "\(times) wake-ups"
    }
  }
}
