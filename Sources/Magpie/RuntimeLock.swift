import CKernel
import Synchronization

/// A lock for the runtime's own short critical sections: a word and the kernel's futex.
///
/// States: 0 free, 1 held, 2 held and somebody may sleep. Under simulation it never blocks: a machine gives the token away
/// only where it holds no lock, so a lock is always free when it is asked for.
///
/// Not for fibers: it blocks the machine. A fiber switches away with at most one such lock held, which the machine's own
/// stack gives back for it (`Machine.Request.park`).
struct RuntimeLock: ~Copyable {
  private let word = Atomic<UInt32>(0)

  init() {}

  @inline(__always)
  func lock() {
    // Acquire: what the last holder wrote is visible. Partner: the exchange in `unlock`.
    if word.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged { return }
    lockSlowly()
  }

  @inline(never)
  private func lockSlowly() {
    for _ in 0..<4 {
      for _ in 0..<30 { ck_pause() }
      if word.load(ordering: .relaxed) == 0,
        word.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
      {
        return
      }
    }
    // From here on the lock is taken as 2: whoever gives it back wakes one sleeper, perhaps one too many, never one too few.
    while word.exchange(2, ordering: .acquiring) != 0 {
      _ = withUnsafePointer(to: word) { ck_futex_wait($0, 2, -1) }
    }
  }

  @inline(__always)
  func unlock() {
    // Release: partner of the acquires above.
    if word.exchange(0, ordering: .releasing) == 2 {
      _ = withUnsafePointer(to: word) { ck_futex_wake($0, 1) }
    }
  }
}
