import CKernel
import Glibc
import Magpie
import MagpieModel
import MagpieTrace

/// Reads the rings of a runtime, merges them and appends to a history, on a thread of its own.
///
/// Lossless, it tells each ring how far it has read; a machine that would overwrite what was not read waits at the gate.
/// Free, it never makes anybody wait: it reads windows, each of which begins with a generation's snapshot and is exact until
/// an event of it is overwritten; what lies between two windows is counted as lost, by machine and time, and it keeps to
/// a share of one core.
final class Collector {
  /// What the last look at all rings brought.
  private enum Round {
    case nothing, events, loss
  }

  private let runtime: Runtime
  private let history: SharedHistory
  private let isFree: Bool
  private let onEvents: (@Sendable (inout History, ClosedRange<Int>) -> Void)?
  private var merge: Merge
  /// By machine: how far its ring was read, and the time of its last event that was merged.
  private var positions: [UInt64] = []
  private var lastTimes: [UInt64] = []
  private var hash = TraceHash()
  private var generation: UInt32 = 0
  private var definedStrings = 1
  private var isExact = true
  /// The machines have ended: the rings hold all that there will ever be.
  private var isComplete = false
  /// Events that could never be put in order although nothing was lost: the trace contradicts itself.
  private(set) var unmerged = 0
  /// Events that were read, or are known to be lost: all of a run that has ended. A machine that comes back from its call after
  /// a stopped run may record a few more, which nobody reads.
  var emitted: Int { positions.reduce(0) { $0 + Int($1) } }

  /// Objects that have ended, until the merge has come to where that was found.
  private var endedObjects: Merge.EndedObjects?
  private var objectsBeforeSweep = Collector.fewObjects
  /// The most sync objects that the merge has followed after a round.
  private(set) var mostObjects = 0

  private static let eventsARead = 8_192
  /// So many objects are not worth a sweep.
  private static let fewObjects = 4_096
  /// The share of one core that free watching may take. The machines pay about three times that: each ring's lines come over from
  /// another core's cache, and each window begins with a moment at which all stand still.
  private static let freeShare = 0.01
  /// Nanoseconds for which the machines may take to end.
  private static let longestEnd: UInt64 = 2_000_000_000
  /// Nanoseconds between two looks at rings in which nothing is new: at first, and at most, after doubling. The most is half a frame
  /// of the screen, for a ring that fills wakes this thread at once; less where it does not; more while the program is held.
  private static let shortestPause: Int64 = 1_000_000
  private static let longestPause: Int64 = 16_000_000
  private static let longestFreePause: Int64 = 2_000_000
  private static let longestHeldPause: Int64 = 250_000_000
  /// Where a pause brought so many events, the next is short again.
  private static let manyEvents = 256
  /// Nanoseconds for which a window is read without a rest, and of the longest rest: ten windows a second are to be seen, so a window
  /// may be no longer than the share allows.
  private static let longestWindow: UInt64 = 1_000_000
  private static let longestRest: UInt64 = 100_000_000
  /// The same where even that is too long a rest to keep up. Machines at full speed lose some milliseconds by each window, whatever
  /// this thread takes for it: five a second are enough there.
  private static let shareBehind = 0.005
  private static let longestRestBehind: UInt64 = 200_000_000

  init(
    _ runtime: Runtime, into history: SharedHistory, isFree: Bool, order: Merge.Order = .causal,
    onEvents: (@Sendable (inout History, ClosedRange<Int>) -> Void)? = nil
  ) {
    self.runtime = runtime
    self.history = history
    self.isFree = isFree
    self.onEvents = onEvents
    merge = Merge(order: order)
  }

  /// Reads until the runtime has ended and everything is read.
  /// - Returns: the hash of all merged events.
  func run() -> UInt64 {
    var latest = UInt64.max
    while !isComplete {
      let hasEnded = runtime.hasEnded
      if hasEnded {
        latest = min(latest, ck_monotonic_ns() + Collector.longestEnd)
        isComplete = runtime.areMachinesDone || ck_monotonic_ns() > latest
      }
      if !isExact { openWindow() }
      var round = readAll()
      if hasRested {
        isBehind = round == .loss
        hasRested = false
      }
      if isFree { round = readOn(after: round) }
      if round == .loss {
        isBehind = true
        closeWindow()
      }
      if isComplete {
        while round == .events { round = readAll() }
      } else if hasEnded {
        sched_yield()
      } else if round == .nothing {
        pause()
      } else if isFree {
        rest()
      }
    }
    if !isExact { openWindow() }
    history.withLock { history in
      define(in: &history)
      if isExact { unmerged = merge.waiting }
      // A run that was stopped where it was may leave work in its queues.
      if runtime.fibersLive == 0 || runtime.deadlock != nil { history.finish() }
    }
    return hash.value
  }

  /// Sleeps until there may be something to read: the longer, the less there was. A program that does little, or is held, must not
  /// cost its watcher a thousand looks a second.
  private func pause() {
    let read = emitted - emittedAtPause
    emittedAtPause += read
    let isHeld = runtime.isHeld
    let longest = isHeld ? Collector.longestHeldPause : isFree ? Collector.longestFreePause : Collector.longestPause
    let isSoon = read >= Collector.manyEvents || isHeld && read > 0
    nextPause = isSoon ? Collector.shortestPause : min(nextPause * 2, longest)
    if runtime.waitForFullRing(atMost: nextPause) { nextPause = Collector.shortestPause }
  }
  private var nextPause = Collector.shortestPause
  private var emittedAtPause = 0

  /// Keeps up with the machines for as long as a window is worth having.
  private func readOn(after first: Round) -> Round {
    var round = first
    let end = ck_monotonic_ns() + Collector.longestWindow
    while round == .events && ck_monotonic_ns() < end { round = readAll() }
    return round
  }

  /// One look at all rings.
  private func readAll() -> Round {
    // Before the rings: all events before the horizon are in them.
    let horizon = isComplete ? .max : runtime.horizon
    let rings = runtime.rings
    while positions.count < rings.count {
      positions.append(0)
      lastTimes.append(0)
    }
    var count = 0
    var hasLoss = false
    for (machine, ring) in rings.enumerated() {
      guard ring.published > positions[machine] else { continue }
      let room = merge.reserve(machine: machine, count: Collector.eventsARead)
      let reading = ring.read(from: positions[machine], into: room)
      guard reading.lost == 0 else {
        hasLoss = true
        continue
      }
      merge.commit(machine: machine, count: reading.count)
      positions[machine] = reading.next
      count += reading.count
      runtime.didRead(machine: machine, to: reading.next)
    }
    // After a loss too: what does not depend on the lost events is as good as ever.
    let merged = mergeAll(before: horizon)
    forgetEndedObjects()
    if hasLoss { return .loss }
    return count == 0 && merged == 0 ? .nothing : .events
  }

  private func mergeAll(before horizon: UInt64) -> Int {
    var count = 0
    history.withLock { history in
      define(in: &history)
      let first = history.count + 1
      while let event = merge.next(before: horizon) {
        hash.add(event)
        lastTimes[Int(event.machine)] = event.time
        history.append(event)
        count += 1
      }
      if count > 0, let onEvents { onEvents(&history, first...history.count) }
    }
    return count
  }

  // MARK: Objects that have ended

  /// Objects have no end that is told, so from time to time, when there are twice as many as were left the last time, the
  /// runtime is asked which are alive. Amortised, that is O(1) an object, and the merge keeps no more than twice the live ones.
  private func forgetEndedObjects() {
    mostObjects = max(mostObjects, merge.objectCount)
    if let ended = endedObjects, merge.forget(ended) {
      endedObjects = nil
      objectsBeforeSweep = max(merge.objectCount * 2, Collector.fewObjects)
    }
    guard endedObjects == nil, merge.objectCount > objectsBeforeSweep else { return }
    endedObjects = merge.endedObjects(
      live: { runtime.liveObjects }, cursors: { runtime.rings.map(\.published) })
  }

  private func define(in history: inout History) {
    for string in runtime.strings.strings(from: definedStrings) {
      history.define(UInt32(definedStrings), string)
      definedStrings += 1
    }
  }

  // MARK: Free watching

  /// Something was overwritten: what waits to be merged is worth nothing either.
  private func closeWindow() {
    isExact = false
    for (machine, waiting) in merge.discard().enumerated() where machine < positions.count {
      positions[machine] &-= UInt64(waiting)
    }
  }

  /// A new generation: everything before it that was not merged is lost, and the state is the runtime's own.
  private func openWindow() {
    generation += 1
    let snapshot = runtime.snapshot(generation: generation)
    history.withLock { history in
      define(in: &history)
      for (machine, cursor) in snapshot.cursors.enumerated() {
        if machine == positions.count {
          positions.append(0)
          lastTimes.append(0)
        }
        let missing = cursor &- positions[machine]
        if missing > 0 {
          history.noteLoss(
            machine: UInt16(machine), from: lastTimes[machine], to: max(snapshot.time, lastTimes[machine]),
            count: missing)
        }
        positions[machine] = cursor
        lastTimes[machine] = max(snapshot.time, lastTimes[machine])
      }
      history.load(snapshot)
    }
    merge.reset(to: snapshot)
    endedObjects = nil
    isExact = true
  }

  /// Sleeps so long that this thread keeps to its share.
  private func rest() {
    let used = ck_thread_cpu_ns() &- cpuAtRest
    let share = isBehind ? Collector.shareBehind : Collector.freeShare
    let longest = isBehind ? Collector.longestRestBehind : Collector.longestRest
    let pause = UInt64(Double(used) * (1 / share - 1))
    runtime.waitForEnd(atMost: Int64(min(max(pause, 200_000), longest)))
    cpuAtRest = ck_thread_cpu_ns()
    hasRested = isExact
  }
  private var cpuAtRest: UInt64 = 0
  /// Whether the last thing was a rest in the middle of a window; and whether the last such rest was too long for the window, or the
  /// machines overtook this thread while it read.
  private var hasRested = false
  private var isBehind = false
}

/// A history that the collector fills and others read.
final class SharedHistory: Sendable {
  private let history: ThreadMutex<History>

  init(_ history: History) { self.history = ThreadMutex(history) }

  func withLock<Result>(_ body: (inout History) -> Result) -> Result {
    history.withLock { history in Transfer(body(&history)) }.value
  }
}

/// Carries a result out of a lock: what it refers to is a value of its own.
private struct Transfer<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
