import MagpieModel
import MagpieTrace

// What is said of the eras, in English.

extension EraPhrase {
  var english: String {
    switch self {
    case .name(.serial): "one at a time"
    case .name(.processes): "processes"
    case .name(.threads): "threads 1:1"
    case .name(.nto1): "N:1"
    case .name(.global): "M:N global"
    case .name(.distributed): "M:N distributed"
    case .name(.mpn): "M:P:N"
    case .rule(let era): EraPhrase.rule(english: era)
    case .legend(.serial): "G task · ▶ runs · ■ blocks the thread"
    case .legend(.processes): "G task, a process each · ▶ sampled running · ● ready · ○ waits · ■ in a call"
    case .legend(.threads): "G task, a thread M each · ▶ sampled running · ● ready · ○ waits · ■ in a call"
    case .legend(.nto1): "G fiber · M the one thread · ▶ running · ■ blocks all"
    case .legend(.global): "G fiber · M thread · ▶ running · one queue, one lock"
    case .legend(.distributed): "G fiber · M thread, with a queue of its own · ▶ running · ■ in a call · ◆ steals"
    case .legend(.mpn): "G fiber · M thread · P processor · ▶ running · next runs after it"

    case .onlyThread: "M0, the only thread"
    case .lineOfTasks: "in order of arrival"
    case .runQueue: "the run queue"
    case .hasRun(let time): "ran \(Numbers.duration(time))"
    case .finished(let count): "\(Numbers.grouped(count)) done"
    case .nothingToRun: "nothing to run"
    case .inCall(let name, let time):
      "in \(name.isEmpty ? "a call" : name)" + (time == 0 ? "" : " for \(Numbers.duration(time))")
    case .waitsOnThread(.sleep, _, let time): "sleeps" + (time == 0 ? "" : " for \(Numbers.duration(time))")
    case .waitsOnThread(let reason, let object, let time):
      "waits \(Phrase.english(reason, object))" + (time == 0 ? "" : " · \(Numbers.duration(time))")
    case .allBehind(let fiber, let name, let does, let others):
      "■ \(Phrase.subject(fiber, name)) \(EraPhrase.english(does))"
        + (others == 0
          ? ": the thread stands still"
          : others == 1 ? ", and 1 other behind it" : ", and all \(Numbers.grouped(others)) others behind it")
    case .allBehindShort(let fiber, let others):
      others == 1 ? "■ G\(fiber): 1 STANDS STILL" : "■ G\(fiber): \(others) STAND STILL"
    case .toTheTail(let count): count == 1 ? "to the tail" : "\(Numbers.grouped(count)) to the tail"

    case .mayRunOnCPUs(let count, let cpus): "\(count) may run on \(cpus) CPU\(cpus == 1 ? "" : "s")"
    case .oneQueue: "the one queue"
    case .itsLock: "its lock"
    case .lockWaits(let count): count == 1 ? "1 wait" : "\(Numbers.grouped(count)) waits"
    case .lockTotals(let time, let longest):
      "\(Numbers.duration(time)) in all, \(Numbers.duration(longest)) at most"
    case .lockWait(let time, let holder):
      "waited \(Numbers.duration(UInt64(time)))" + (holder.map { " for M\($0)" } ?? "")
    case .lockWaiters(let count): "\(count) waited"
    case .lockNeverWaitedFor: "nobody has waited yet"
    case .freePermit: "one may run"
    case .freePermitTitle: "free"
    case .aboutToStart: "about to start"
    case .takes: "takes"
    case .puts: "puts"
    case .gavePermit: "another runs for it"
    case .waitingForOthers: "wait for each other"

    case .queues(let count): "\(Numbers.grouped(count)) threads, \(Numbers.grouped(count)) queues"
    case .threadsOf(let running, let blocked, let asleep):
      "\(running) awake · \(Numbers.grouped(blocked)) in calls · \(Numbers.grouped(asleep)) asleep"
    case .looksOver(let machine, let count): "M\(machine) looks over all \(Numbers.grouped(count)) other queues …"
    case .lookedAt(let machine, let looks, let queues):
      looks == queues
        ? "M\(machine) looked at all \(Numbers.grouped(queues)) other queues, found nothing"
        : "M\(machine) looked \(Numbers.grouped(looks)) times at \(Numbers.grouped(queues)) other queues, found nothing"
    case .lookedAndTook(let machine, let looks, let count, let victim):
      "M\(machine) looked at \(looks == 1 ? "1 queue" : "\(Numbers.grouped(looks)) queues"), took \(count) from \(victim)"
    case .noSearchYet: "no thread has had to look into other queues yet"
    case .looked: "looked at"
    case .asleep: "asleep"
    case .columnDoes: "does"
    case .columnTask: "task"
    case .crowdLegend(isShort: false): "▶ sampled running · ● ready · ○ waits · ■ in a call"
    case .crowdLegend(isShort: true): "▶ runs ● ready ○ waits ■ in a call"
    case .cellLegend(isTight: false): "▶ runs · ■ in a call · ● work in its queue · ' looked at by the thief"
    case .cellLegend(isTight: true): "▶ runs · ■ in a call · ● has work · ○ looked at, empty"
    case .inCallShort: "in a call"

    case .process(let id): "proc \(id)"
    case .oneProcess: "one process: all share its memory"
    case .cellOf(let count): "\(count) a cell"
    case .tasks(let count): "\(Numbers.grouped(count)) tasks"
    case .crowd(.processes, let count): count == 1 ? "1 process" : "\(Numbers.grouped(count)) processes"
    case .crowd(_, let count): count == 1 ? "1 thread" : "\(Numbers.grouped(count)) threads"
    case .sample(let letter): EraPhrase.english(letter)
    case .sampleAge(let time): "\(Numbers.duration(time)) ago"
    case .notSampled: "not sampled yet"
    case .readyOrRunning: "ready, or runs"
    case .readyOrRun(let count): "\(Numbers.grouped(count)) ready or run"
    case .columnKernel(true): "sample"
    case .columnKernel(false): "the kernel's last sample"
    case .crowdCounts(let ready, let waiting, let inCalls):
      "\(Numbers.grouped(ready)) ready or run · \(Numbers.grouped(waiting)) wait · \(Numbers.grouped(inCalls)) in calls"
    case .sampled(let running, let count): "sampled \(Numbers.grouped(count)): \(running) running or ready"
    case .switches(let voluntary, let involuntary):
      "switches \(Numbers.compact(Double(voluntary))) + \(Numbers.compact(Double(involuntary)))"

    case .statsLockWaits(let count, let time):
      "lock waits \(Numbers.compact(Double(count))) · \(Numbers.duration(time))"
    case .statsLooked(let count): "queues looked at \(Numbers.compact(Double(count)))"
    case .statsLockTitle: "waits for the one lock"
    case .statsLockNote: "real time, by thread"
    case .statsLongest: "longest"

    case .wordThreads: "threads"
    case .wordProcesses: "processes"
    case .wordReady: "ready or run"
    case .wordWait: "wait"
    case .wordInCalls: "in calls"
    case .tooManyForBig(let count): "no room for \(count) in big letters"

    case .queueOf(let machine): "queue of M\(machine)"
    case .permit: "the right to run"
    case .helpStage: "Stage: threads, tasks, queues"
    case .helpLanes: "Timeline: lanes of M or G"
    case .keyFindOn(let era): EraPhrase.english(foundIn: era).many
    case .helpFindOn(let era): "next, previous match (a \(EraPhrase.english(foundIn: era).one)); live: run on to it"
    case .helpStats: "Stats: totals, waits, the worst cases"
    case .helpMayRun: "one fewer may run at once, one more"
    }
  }

  /// At most 76 letters, so that it fits everywhere.
  private static func rule(english era: Era) -> String {
    switch era {
    case .serial: "One task at a time, to its end; what waits or blocks stops all behind it."
    case .processes: "A process a task, with its own memory; the kernel says who runs, if asked."
    case .threads: "A kernel thread a task, in one memory; the kernel says who runs, if asked."
    case .nto1: "Many fibers, one thread: who waits lets the next one run; a call stops all."
    case .global: "Many threads, one queue: all of them need its lock for everything they do."
    case .distributed: "Each thread has its own queue; a thief looks at all, in calls or not."
    case .mpn: "A fixed number of Ps have the queues; a thread needs a P to run fibers."
    }
  }

  private static func english(foundIn era: Era) -> (one: String, many: String) {
    switch era {
    case .mpn, .distributed: ("steal", "steals")
    case .serial, .nto1, .global: ("start", "starts")
    case .threads, .processes: ("wait", "waits")
    }
  }

  private static func english(_ does: StandStill) -> String {
    switch does {
    case .call(let name): "is in \(name.isEmpty ? "a call" : name)"
    case .park(.sleep, _): "sleeps"
    case .park(let reason, let object): "waits \(Phrase.english(reason, object))"
    }
  }

  private static func english(_ letter: UInt8) -> String {
    switch letter {
    case UInt8(ascii: "R"): "running"
    case UInt8(ascii: "S"): "sleeping"
    case UInt8(ascii: "D"): "in disk sleep"
    case UInt8(ascii: "T"): "stopped"
    default: "in another state"
    }
  }
}

extension Phrase {
  /// Nil where it is said as under M:P:N.
  static func englishWhat(_ event: Event, _ era: Era) -> String? {
    guard era != .mpn, let kind = event.kind else { return nil }
    let thread = era == .processes ? "proc \(event.a)" : "M\(event.a)"
    switch kind {
    case .globalPush where event.b == 1: return "joins the queue"
    case .globalTake where event.b == 1 && era != .distributed: return "leaves the queue"
    case .stealTook: return "steals \(event.c & 0xFFFF) from M\(event.a)"
    case .stealTookRunNext: return "steals next of M\(event.a)"
    case .processorAcquire: return "may run"
    case .processorIdle, .processorHandoff: return "lets another run"
    case .processorRetake, .processorDetach: return "may run no more"
    case .processorCountChanged: return "\(event.a) may run"
    case .machineStart: return "starts \(thread)"
    case .machineHog: return "hogs \(thread)"
    default: return nil
    }
  }

  /// Nil where it is said as under M:P:N.
  static func englishDetails(_ event: Event, _ era: Era) -> String? {
    guard era != .mpn, let kind = event.kind else { return nil }
    switch kind {
    case .fiberStart:
      switch StartSource(rawValue: event.detail) {
      case .local, .runNext: return "from the thread's own queue"
      case .global, .tick: return era == .distributed ? "from the global queue" : "from the queue's head"
      case .syscall: return "goes on after its call"
      case .handoff where !era.hasFibers:
        return era == .processes ? "in a process of its own" : "in a thread of its own"
      default: return nil
      }
    case .searchFind:
      switch StartSource(rawValue: event.detail) {
      case .local, .runNext: return "in its own queue"
      case .global, .tick: return era == .distributed ? "in the global queue" : "in the queue"
      default: return nil
      }
    case .queuePush, .queuePop: return "of its thread, slot \(event.a)"
    case .globalPush where event.b == 1: return "at its tail"
    case .globalTake where event.b == 1 && era != .distributed: return "from its head"
    case .stealFailed:
      return event.a == 1 ? "looked at 1 queue" : "looked at \(Numbers.grouped(UInt64(event.a))) queues"
    case .processorAcquire where era.isOneThread: return "the only thread"
    case .processorAcquire: return era == .global ? "one of those that may" : "with its own queue"
    case .processorIdle: return "nothing to run"
    case .processorHandoff: return "about to block"
    case .machineStart:
      return era == .processes ? "a new process" : "a new thread"
    case .machineWake: return event.detail & WakeFlags.own != 0 ? nil : "there is work"
    case .machineSpinBegin: return "looks for work"
    case .machineSyscallEnter:
      switch era {
      case .serial, .nto1: return "a call: the only thread blocks"
      case .global, .distributed: return "a call: another may run"
      case .threads, .processes, .mpn: return "a call: others may run"
      }
    case .machineSyscallExit:
      switch era {
      case .global, .distributed:
        return SyscallExit(rawValue: event.detail) == .fast ? "goes on at once" : "others run now: it has to wait"
      default: return "goes on"
      }
    case .machineExit: return era == .processes ? "the process is gone" : "the thread is gone"
    default: return nil
    }
  }

  /// The era's own rule; nil where it is that of M:P:N.
  static func englishWhy(_ event: Event, _ era: Era) -> String? {
    guard era != .mpn, let kind = event.kind else { return nil }
    if !era.hasFibers { return englishWhy(kind, isProcess: era == .processes) }
    switch kind {
    case .fiberCreate:
      return era == .distributed
        ? "A new fiber goes into the queue of the thread that made it." : "A new task goes to the end of the one queue."
    case .fiberReady:
      return era == .distributed
        ? "Whoever wakes a fiber puts it into the queue of his own thread."
        : "A woken fiber goes to the end of the one queue."
    case .fiberStart, .searchFind, .globalTake: return englishWhyStart(event, era)
    case .fiberYield:
      return era == .serial
        ? "A task goes on to its end: to yield does nothing."
        : "A fiber that yields goes to the end of the queue; the next one runs."
    case .fiberPreempt: return "Past 10 ms a fiber stops at its next checkpoint and goes to the end of the queue."
    case .fiberPark:
      return era == .serial
        ? "The task keeps the thread while it waits: nobody else runs until it has ended."
        : "A fiber that waits costs no thread: its thread goes on with the next."
    case .globalPush:
      switch era {
      case .serial: return "First come, first served: it waits until all before it have ended."
      case .nto1: return "There is one queue, and one thread that takes from it: no lock is needed."
      case .global: return "There is one queue for all threads: each create, wake, exit and schedule takes its lock."
      default: return "The global queue is for special cases only: overflow, what comes from outside, and fairness."
      }
    case .stealTook: return "A thief takes half of what waits in another thread's queue, rounded up."
    case .stealTookRunNext: return "Only in the last of four rounds may a thief take what is next elsewhere."
    case .stealFailed:
      return "A thief has to look at the queue of every thread, those in system calls too: most are empty."
    case .queuePush, .queuePop, .queueRunNextPut, .queueRunNextTake:
      return "Only its thread puts into a local queue, so that takes no lock."
    case .processorAcquire where era.hasProcessorCount:
      return "Only so many threads may run fibers at once; this one is now among them."
    case .processorAcquire, .processorBegin:
      return era == .distributed ? "A thread and its queue are made together." : "The one thread runs all."
    case .processorIdle: return "There is nothing in the queue: the thread goes to sleep."
    case .processorHandoff:
      return "Before a call that may block, a thread lets another run, and takes the queue's lock for it."
    case .processorRetake, .processorDetach: return "Another thread may run in its place."
    case .processorRelease, .processorCountChanged: return "So many threads may run fibers at once."
    case .machineStart: return "No thread slept that could run in its place, so a new one is made."
    case .machineWake where event.detail & WakeFlags.own == 0: return "There is work, and one more thread may run."
    case .machinePark where era.isOneThread: return "The only thread sleeps until a timer is due or a file is ready."
    case .machineSpinBegin: return "Before it sleeps, a thread looks into the queues of the others."
    case .machineSyscallEnter:
      switch era {
      case .serial: return "The only thread is in the kernel: all tasks behind it wait."
      case .nto1: return "The kernel sees one thread, and blocks it: no fiber can run until the call is over."
      case .global: return "The thread gives its place to another at once; its fiber keeps the thread."
      default: return "The thread keeps its queue while it is in the call: thieves have to look at it."
      }
    case .machineSyscallExit:
      return era.isOneThread
        ? "The only thread is back, and goes on where it was."
        : "It goes on if it may; else its fiber waits in the queue."
    case .timerArm, .timerFire: return "A fiber whose time has come is made ready."
    case .waitGroupCount, .channelClose, .channelMake, .channelSend, .channelReceive: return nil
    case .lockWait, .lockAcquire, .lockRelease:
      return era == .serial
        ? "A task that waits for a lock stops everything." : "A fiber that waits for a lock parks; the next one runs."
    default: return nil
    }
  }

  private static func englishWhyStart(_ event: Event, _ era: Era) -> String? {
    switch era {
    case .serial: return "The first in line has the thread now, and keeps it to its end."
    case .nto1: return "The one thread took the head of the one queue."
    case .global: return "Took the head of the one queue, under its lock."
    case .distributed where event.kind == .globalTake:
      return "Every 61st look, and when its own queue is empty, a thread takes from the global one."
    case .distributed where event.kind == .searchFind && event.fiber == Event.noFiber:
      return "Nothing anywhere, in any thread's queue: the thread goes to sleep."
    case .distributed:
      return "In this order: own queue, global queue, poller, and then the queues of all other threads."
    default: return nil
    }
  }

  private static func englishWhy(_ kind: EventKind, isProcess: Bool) -> String? {
    switch kind {
    case .machineStart, .fiberCreate:
      return isProcess
        ? "A task is a process: the kernel copies the page tables of the one that made it."
        : "A task is a kernel thread, with a stack of its own."
    case .fiberStart: return "When it runs, and on which CPU, the kernel decides."
    case .fiberPark: return "It sleeps in the kernel, which lets another run: a switch."
    case .fiberReady: return "The kernel may run it from now on; when, it does not tell."
    case .fiberExit, .machineExit:
      return isProcess
        ? "The process ends with its task; the kernel takes its memory back." : "The thread ends with its task."
    case .machineSyscallEnter: return "The kernel blocks this one only; the others go on."
    case .machineSyscallExit: return "The kernel runs it again."
    case .fiberYield: return "Asks the kernel to run another; it may run this one again."
    case .lockWait, .lockAcquire, .lockRelease: return "Who waits for a lock sleeps in the kernel, on a futex."
    case .timerArm, .timerFire: return "The kernel wakes it when its time has come."
    case .kernelSample: return "From the kernel's own accounting: true for that moment, and no longer."
    default: return nil
    }
  }
}
