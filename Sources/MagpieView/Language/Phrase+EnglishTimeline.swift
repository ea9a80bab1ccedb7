import MagpieModel
import MagpieTrace

extension Phrase {
  /// The words of the Timeline.
  var englishTimeline: String {
    switch self {
    case .timelineWindow(let length, let cell):
      "window \(Numbers.duration(length)) · a cell is \(cell == 0 ? "under 1 ns" : Numbers.duration(cell))"
    case .timelineReading(let percent): "indexing \(percent) %"
    case .timelineMeasure(let length, let events, let isBack):
      "A \(isBack ? "−" : "+")\(Numbers.duration(length)) · \(Numbers.grouped(abs(events))) event\(abs(events) == 1 ? "" : "s")"
    case .timelineSeconds: "s"
    case .timelineMark: "A"
    case .timelineWhole: "whole"
    case .timelineShare(let percent): "\(percent) %"
    case .timelineLanes(let first, let last, let count): "lanes \(first)–\(last) of \(count)"
    case .timelineNow(let kind, let value, let fiber, let call, let elapsed, let length, let era):
      (Phrase.english(kind, value, fiber, call, era) ?? Phrase.english(kind, value, fiber, call))
        + (length.map { " · \(Numbers.duration(elapsed)) of \(Numbers.duration($0))" }
          ?? " · for \(Numbers.duration(elapsed)) so far")
    case .timelineWaits(let reason): Phrase.english(waits: reason)
    case .timelineRuns: "runs"
    case .timelineParts: "several runs"
    case .timelineIdle: "idle"
    case .timelineAsleep: "asleep"
    case .timelineSearches: "looks"
    case .timelineSpins: "spins"
    case .timelineInCall: "call"
    case .timelineQueued: "queued"
    case .timelineParked: "waits"
    case .timelineSteal: "steal"
    case .timelineHandoff: "handoff"
    case .timelineWake: "wake"
    case .timelineCount: "starts"
    default: ""
    }
  }

  private static func english(_ kind: LaneKind, _ value: LaneValue, _ fiber: String, _ call: String) -> String {
    let call = call.isEmpty ? "a blocking call" : call
    switch (kind, value.state) {
    case (.processors, .absent): return "has retired"
    case (.processors, .idle): return "is idle: nothing to run"
    case (.processors, .running), (.machines, .running): return "runs \(fiber)"
    case (.processors, .blocked): return "waits: its M is in \(call) for \(fiber)"
    case (.processors, .spinning): return "has nothing to run: its M spins, looks into other queues"
    case (.processors, .searching):
      return value.detail == 1 ? "is on its way to another M" : "its M looks for work, or is between two fibers"
    case (.machines, .absent): return "does not exist now"
    case (.machines, .idle):
      switch MachineParkReason(rawValue: value.detail) {
      case .timer: return "waits in the network poller"
      case .locked: return "sleeps until the fiber can run that is locked to it"
      case .sysmon: return "watches: sysmon, which needs no P"
      case .idle, nil: return "sleeps: there is nothing to do"
      }
    case (.machines, .blocked): return "is in \(call) for \(fiber)"
    case (.machines, .spinning): return "spins: looks into other Ps' queues"
    case (.machines, .searching): return "looks for work, or is between two fibers"
    case (.machines, .detached): return "runs \(fiber) without a P, which was taken"
    case (.fibers, .absent): return "does not live at this moment"
    case (.fibers, .running): return value.fiber == UInt32(Event.noProcessor) ? "runs" : "runs on P\(value.fiber)"
    case (.fibers, .runnable): return "waits in a queue for a P"
    case (.fibers, .blocked): return "is in \(call)"
    case (.fibers, .detached): return "runs on without a P, which was taken"
    case (.fibers, .idle): return "waits: " + english(waits: ParkReason(rawValue: value.detail))
    default: return ""
    }
  }

  /// What a fiber waits for, in a word.
  static func english(waits reason: ParkReason?) -> String {
    switch reason {
    case .sleep: "sleep"
    case .channelSend: "send"
    case .channelReceive: "receive"
    case .lock: "lock"
    case .readLock: "read lock"
    case .writeLock: "write lock"
    case .waitGroup: "wait group"
    case .select: "select"
    case .semaphore: "semaphore"
    case .condition: "condition"
    case .netpoll: "I/O"
    case .frozen: "frozen"
    case .join: "the others"
    case nil: "something"
    }
  }
}
