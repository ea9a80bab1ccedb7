import CKernel
import Synchronization

/// The scheduler's lock, which knows for how long it was waited for: what eras are compared by. Where it is free that costs nothing.
struct SchedulerLock: ~Copyable {
  private let word = RuntimeLock()
  // Relaxed: who reads it only tells it.
  private let waited = Atomic<UInt64>(0)

  @inline(__always)
  func lock() { if !word.tryLock() { wait() } }

  /// Takes the lock if it is free. - Returns: whether it was.
  @inline(__always)
  func tryLock() -> Bool { word.tryLock() }

  @inline(__always)
  func unlock() { word.unlock() }

  /// Takes the lock, which is not free, and measures that. - Returns: the real nanoseconds that it took.
  @inline(never)
  @discardableResult
  func wait() -> UInt64 {
    let begin = ck_monotonic_ns()
    word.lock()
    let time = ck_monotonic_ns() &- begin
    waited.wrappingAdd(time, ordering: .relaxed)
    return time
  }

  /// The real nanoseconds of all waiting so far, whoever waited.
  var waitedNanoseconds: UInt64 { waited.load(ordering: .relaxed) }
}

extension Runtime {
  /// The real nanoseconds for which the scheduler's lock was waited for so far, by all who did. Under any era; `lockFigures` has more,
  /// of those waits alone that the one queue's trace tells.
  package var lockWaitedNanoseconds: UInt64 { scheduler.pointee.lock.waitedNanoseconds }
}
