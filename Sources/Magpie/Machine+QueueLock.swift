import MagpieTrace
import Synchronization

/// The lock of the one queue, which is the scheduler's: who waits for it measures how long, and tells.
///
/// Where it was free it costs what any lock does, and a count. Others than machines take it too, now and then, who look at the program:
/// then nobody is known to have it.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Takes the scheduler's lock, which is the one queue's where there is one.
  @inline(__always)
  func lockScheduler() { if pointee.hasOneQueue { lockQueue() } else { scheduler.pointee.lock.lock() } }

  @inline(__always)
  func unlockScheduler() { if pointee.hasOneQueue { unlockQueue() } else { scheduler.pointee.lock.unlock() } }

  /// On the only thread nobody competes for it: it guards against those who look from outside.
  func lockQueue() {
    guard pointee.era == .global else { return scheduler.pointee.lock.lock() }
    if !scheduler.pointee.lock.tryLock() { waitForQueue() }
    scheduler.locked.pointee.lockFigures.takings += 1
    // Relaxed: who reads it only tells it.
    scheduler.pointee.lockHolder.store(UInt32(pointee.id), ordering: .relaxed)
  }

  /// Gives it back, and then tells of a wait.
  func unlockQueue() {
    guard pointee.era == .global else { return scheduler.pointee.lock.unlock() }
    scheduler.pointee.lockHolder.store(UInt32(Event.noMachine), ordering: .relaxed)
    scheduler.pointee.lock.unlock()
    if pointee.lockWait != nil { tellLockWait() }
  }

  @inline(never)
  private func waitForQueue() {
    let scheduler = scheduler
    // In a simulation one machine runs at a time: only who looks from outside may have it, and is no part of the run.
    guard scheduler.pointee.simulator == nil else { return scheduler.pointee.lock.lock() }
    let holder = scheduler.pointee.lockHolder.load(ordering: .relaxed)
    let waiters = scheduler.pointee.lockWaiters.wrappingAdd(1, ordering: .relaxed).newValue
    let waited = scheduler.pointee.lock.wait()
    scheduler.pointee.lockWaiters.wrappingSubtract(1, ordering: .relaxed)
    scheduler.locked.pointee.lockFigures.add(waited)
    pointee.lockWait = LockWait(nanoseconds: waited, waiters: waiters, holder: holder)
  }

  @inline(never)
  private func tellLockWait() {
    let wait = pointee.lockWait!
    pointee.lockWait = nil
    emit(.globalLock, fiber: fiberID, a: UInt32(clamping: wait.nanoseconds), b: wait.waiters, c: wait.holder)
  }
}

/// A wait for the lock of the one queue, until it is told.
struct LockWait {
  var nanoseconds: UInt64
  /// How many waited, this one included.
  var waiters: UInt32
  /// The machine that had it, or `Event.noMachine`.
  var holder: UInt32
}

/// How often the lock of the one queue was taken and waited for; all 0 in other eras than global.
package struct LockFigures: Sendable, Hashable {
  package var takings = 0
  /// Those that had to wait.
  package var contended = 0
  /// Real nanoseconds waited, in all and at the longest.
  package var waited: UInt64 = 0
  package var longest: UInt64 = 0

  package init() {}

  mutating func add(_ nanoseconds: UInt64) {
    contended += 1
    waited &+= nanoseconds
    longest = max(longest, nanoseconds)
  }
}

extension Runtime {
  /// What the one queue's lock has cost its machines so far, recorded or not.
  package var lockFigures: LockFigures {
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    return scheduler.locked.pointee.lockFigures
  }
}
