import CKernel
import MagpieTrace
import Synchronization

/// A lock for fibers: whoever waits for it parks, and its machine runs others.
///
/// One word: bit 0 held, bit 1 a waiter was woken and competes, bit 2 somebody starves, bits 3 to 31 the number of waiters, bits
/// 32 to 63 a version that each traced change raises in the same exchange, so that the trace knows their order.
///
/// A woken waiter competes with newcomers (Go's normal mode): handing the lock over would make every waiter's turn cost a
/// switch. One that was beaten goes to the front of the line, and if it has waited longer than 1 ms the lock starves: until the
/// line is short again only who was woken may take it (Go's starvation mode). Else a holder that takes it again at once,
/// before the woken one runs, would keep it for ever. Waiters stand in line under the line's lock; the word's count is changed only
/// under it.
public final class Mutex: Sendable {
  private static let held: UInt64 = 1
  private static let woken: UInt64 = 2
  private static let starving: UInt64 = 4
  private static let waiter: UInt64 = 8
  private static let waiters: UInt64 = 0xFFFF_FFF8
  /// Virtual nanoseconds after which a waiter starves.
  private static let patience: UInt64 = 1_000_000

  private let word = Atomic<UInt64>(0)
  private let line: WaitLine
  var id: UInt32 { line.id }
  /// What raises the version by one; 0 if it is not traced, so that the word of a free lock is 0 again.
  private var version: UInt64 { id == 0 ? 0 : 1 << 32 }

  public init() {
    line = WaitLine()
    line.announce { [unowned(unsafe) self] id in
      let word = self.word.load(ordering: .acquiring)
      return Snapshot.Object(
        id: id, kind: .lock, sequence: UInt32(truncatingIfNeeded: word >> 32), occupancy: UInt32(word & Mutex.held),
        capacity: 0)
    }
  }

  deinit { line.withdraw() }

  /// Takes the lock, waiting for it.
  public func lock() {
    // Untraced and free, it is taken without asking the machine: there is no event, so nothing to hold at the gate.
    // Acquire: as below.
    if line.isQuick,
      word.compareExchange(
        expected: 0, desired: Mutex.held, successOrdering: .acquiring, failureOrdering: .relaxed
      ).exchanged
    {
      return
    }
    lockAtGate()
  }

  /// Not inlined, as `unlockAtGate`: what the short way does not need is not saved for it either.
  @inline(never)
  private func lockAtGate() {
    let machine = beginOperation("lock", .lock)
    let seen = word.load(ordering: .relaxed)
    // Acquire: what the last holder wrote is visible. Partner: the release in `unlock`.
    if seen & (Mutex.held | Mutex.starving) == 0, let taken = exchange(seen, seen | Mutex.held) {
      note(machine, .lockAcquire, taken)
      machine.leave()
      return
    }
    lockSlowly(machine)
  }

  /// Runs `body` with the lock held.
  public func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  /// One evented change of the word. - Returns: the word after, or nil if somebody was quicker.
  @inline(__always)
  private func exchange(_ seen: UInt64, _ wanted: UInt64) -> UInt64? {
    let new = wanted &+ version
    return word.compareExchange(
      expected: seen, desired: new, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed
    ).exchanged ? new : nil
  }

  @inline(never)
  private func lockSlowly(_ first: MachineRef) {
    var machine = first
    var wasWoken = false
    var isStarving = false
    let begin = machine.ownTime
    while true {
      spinBriefly(machine)
      line.lock.pointee.lock()
      while true {
        let seen = word.load(ordering: .relaxed)
        // A woken waiter that takes the lock or goes to sleep again no longer competes.
        let base = wasWoken ? seen & ~Mutex.woken : seen
        if seen & Mutex.held == 0 && (wasWoken || seen & Mutex.starving == 0) {
          let isLast = seen & Mutex.waiters == 0
          let rest = isStarving && !isLast ? base : base & ~Mutex.starving
          guard let taken = exchange(seen, rest | Mutex.held) else { continue }
          line.lock.pointee.unlock()
          note(machine, .lockAcquire, taken)
          machine.leave()
          return
        }
        let mode = isStarving ? Mutex.starving : 0
        guard let waiting = exchange(seen, (base | mode) &+ Mutex.waiter) else { continue }
        note(machine, .lockWait, waiting)
        break
      }
      let fiber = machine.pointee.fiber!
      let fibers = line.fibers
      if wasWoken { fibers.pointee.prepend(fiber) } else { fibers.pointee.append(fiber) }
      machine.pointee.requestLock = line.lock
      machine.park(fiber, .lock, object: id)
      machine = beginOperation("lock", .lock)
      wasWoken = true
      isStarving = machine.ownTime &- begin > Mutex.patience
    }
  }

  /// A lock that is held for a few nanoseconds is not worth parking for, if its holder can be running (Go's canSpin).
  private func spinBriefly(_ machine: MachineRef) {
    let scheduler = machine.scheduler
    guard scheduler.pointee.processorCount.load(ordering: .relaxed) > 1,
      !scheduler.pointee.configuration.isSimulated
    else { return }
    for _ in 0..<4 {
      if word.load(ordering: .relaxed) & Mutex.held == 0 { return }
      for _ in 0..<30 { ck_pause() }
    }
  }

  /// Gives the lock back and wakes a waiter, if there is one and none was woken yet.
  /// - Precondition: it is held.
  public func unlock() {
    // As in `lock`: untraced, only who wakes a waiter needs its machine.
    guard line.isQuick else { return unlockAtGate(nil) }
    // Release: as below. Nobody waits, and nothing is to be told: the most frequent case is one comparison.
    let old = word.wrappingSubtract(Mutex.held, ordering: .releasing).oldValue
    if old != Mutex.held { unlockWaitedFor(old) }
  }

  /// Not inlined: see `lockAtGate`. - Parameter old: the word before the lock was given back.
  @inline(never)
  private func unlockWaitedFor(_ old: UInt64) {
    Mutex.checkHeld(old)
    let released = old &- Mutex.held
    if Mutex.needsWaking(released) { unlockAtGate(released) }
  }

  /// - Parameter released: the word, if it was released already.
  @inline(never)
  private func unlockAtGate(_ released: UInt64?) {
    let machine = beginOperation("unlock", .unlock)
    let released = released ?? release()
    note(machine, .lockRelease, released)
    if Mutex.needsWaking(released) { wakeWaiter(machine) }
    machine.leave()
  }

  /// Clears the bit and raises the version, in one addition. - Returns: the word after.
  @inline(__always)
  private func release() -> UInt64 {
    // Release: partner of the acquire in `lock`.
    let (old, new) = word.wrappingAdd(version &- Mutex.held, ordering: .releasing)
    Mutex.checkHeld(old)
    return new
  }

  @inline(__always)
  private static func checkHeld(_ word: UInt64) {
    guard word & held != 0 else { misuse("unlock of an unlocked mutex") }
  }

  /// Whether there is a waiter, and none was woken yet.
  @inline(__always)
  private static func needsWaking(_ word: UInt64) -> Bool { word & Mutex.waiters != 0 && word & Mutex.woken == 0 }

  @inline(never)
  private func wakeWaiter(_ machine: MachineRef) {
    machine.interleave()
    line.lock.pointee.lock()
    while true {
      let seen = word.load(ordering: .relaxed)
      // Somebody took it, or woke one: that one will see to the rest.
      guard seen & Mutex.waiters != 0, seen & (Mutex.held | Mutex.woken) == 0 else {
        line.lock.pointee.unlock()
        return
      }
      let new = (seen &- Mutex.waiter) | Mutex.woken
      if word.compareExchange(expected: seen, desired: new, ordering: .relaxed).exchanged { break }
    }
    let fibers = line.fibers
    let fiber = fibers.pointee.popFirst()!
    line.lock.pointee.unlock()
    machine.ready(fiber, cause: .lock, object: id)
  }

  @inline(__always)
  private func note(_ machine: MachineRef, _ kind: EventKind, _ word: UInt64) {
    guard id != 0 else { return }
    machine.emit(
      kind, fiber: machine.pointee.fiber?.pointee.id ?? 0, a: id, b: UInt32(truncatingIfNeeded: word >> 32),
      c: UInt32(truncatingIfNeeded: word) >> 3)
  }
}
