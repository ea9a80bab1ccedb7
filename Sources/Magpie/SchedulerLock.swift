import CKernel
import Synchronization

/// The scheduler's lock, which knows how often it was waited for, and for how long: what eras are compared by. Where it is free that
/// costs nothing.
struct SchedulerLock: ~Copyable {
  private let word = RuntimeLock()
  // Relaxed, both: who reads them only tells them.
  private let waits = Atomic<Int>(0)
  private let waited = Atomic<UInt64>(0)

  @inline(__always)
  func lock() { if !word.tryLock() { wait() } }

  /// Takes the lock if it is free. - Returns: whether it was.
  @inline(__always)
  func tryLock() -> Bool { word.tryLock() }

  @inline(__always)
  func unlock() { word.unlock() }

  @inline(never)
  private func wait() {
    let begin = ck_monotonic_ns()
    word.lock()
    waits.wrappingAdd(1, ordering: .relaxed)
    waited.wrappingAdd(ck_monotonic_ns() &- begin, ordering: .relaxed)
  }

  /// How often it was waited for, and the real nanoseconds of all that waiting.
  var contention: (waits: Int, nanoseconds: UInt64) {
    (waits.load(ordering: .relaxed), waited.load(ordering: .relaxed))
  }
}

extension Runtime {
  /// How often machines have waited for the scheduler's lock so far, and for how many real nanoseconds in all.
  package var lockContention: (waits: Int, nanoseconds: UInt64) { scheduler.pointee.lock.contention }
}
