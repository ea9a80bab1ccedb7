import MagpieTrace
import Synchronization

/// Counts work that goes on; fibers wait until none is left (Go's sync.WaitGroup).
///
/// One word: the count below, a version above, raised by each change. Whoever brings the count to zero then takes the line's lock;
/// whoever waits looks at the count under that lock: so it either sees zero or is in line when the lock is given back.
public final class WaitGroup: Sendable {
  private let word = Atomic<UInt64>(0)
  private let line: WaitLine
  var id: UInt32 { line.id }

  public init() {
    line = WaitLine()
    line.announce { [unowned(unsafe) self] id in
      let word = self.word.load(ordering: .acquiring)
      return Snapshot.Object(
        id: id, kind: .waitGroup, sequence: UInt32(truncatingIfNeeded: word >> 32),
        occupancy: UInt32(truncatingIfNeeded: word), capacity: 0)
    }
  }

  deinit { line.withdraw() }

  /// More work begins.
  public func add(_ count: Int = 1) { change(by: count) }
  /// A piece of work is done.
  public func done() { change(by: -1) }

  private func change(by amount: Int) {
    // Untraced, only who wakes somebody needs its machine: there is no event, so nothing to hold at the gate.
    let tracing = line.isQuick ? nil : begin()
    var seen = word.load(ordering: .relaxed)
    var count: Int
    var new: UInt64
    while true {
      // Wrapping: what is too much for the word ends up on one side of it or the other.
      count = Int(UInt32(truncatingIfNeeded: seen)) &+ amount
      guard UInt32(exactly: count) != nil else { WaitGroup.isOutOfRange(amount) }
      new = (seen >> 32 &+ 1) << 32 | UInt64(count)
      // Release: the work done is visible to who waited; acquire: so that it is for the last one too.
      let (exchanged, current) = word.compareExchange(
        expected: seen, desired: new, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if exchanged { break }
      seen = current
    }
    if let tracing, id != 0 {
      tracing.emit(
        .waitGroupCount, fiber: tracing.pointee.fiber?.pointee.id ?? 0, a: id, b: UInt32(truncatingIfNeeded: new >> 32),
        c: UInt32(clamping: count))
    }
    if count == 0 && amount < 0 {
      let machine = tracing ?? begin()
      wakeAll(machine)
      machine.leave()
    } else {
      tracing?.leave()
    }
  }

  @inline(never)
  private static func isOutOfRange(_ amount: Int) -> Never {
    misuse(
      amount < 0
        ? "a wait group's count fell below zero: done was called more often than was added"
        : "a wait group counts to \(UInt32.max) at most")
  }

  @inline(__always)
  private func begin() -> MachineRef { beginOperation("a wait group", .waitGroup) }

  private func wakeAll(_ machine: MachineRef) {
    machine.interleave()
    line.lock.pointee.lock()
    // A new round may have begun since, and those in line wait for its end: whoever brings that to zero wakes them.
    guard UInt32(truncatingIfNeeded: word.load(ordering: .acquiring)) == 0 else { return line.lock.pointee.unlock() }
    let fibers = line.fibers
    var waiters = fibers.pointee
    fibers.pointee = FiberList()
    line.lock.pointee.unlock()
    while let fiber = waiters.popFirst() {
      machine.ready(fiber, cause: .waitGroup, object: id)
      if !waiters.isEmpty { machine.passGate(.readyNext) }
    }
  }

  /// Waits until as much is done as was added.
  public func wait() {
    let machine = beginOperation("wait", .waitForGroup)
    line.lock.pointee.lock()
    if UInt32(truncatingIfNeeded: word.load(ordering: .acquiring)) == 0 {
      line.lock.pointee.unlock()
      machine.leave()
      return
    }
    let fiber = machine.pointee.fiber!
    let fibers = line.fibers
    fibers.pointee.append(fiber)
    machine.pointee.requestLock = line.lock
    machine.park(fiber, .waitGroup, object: id)
  }
}
