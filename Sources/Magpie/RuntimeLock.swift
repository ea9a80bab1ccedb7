import CKernel

/// A lock for the runtime's own short critical sections: a word and the kernel's futex.
///
/// ### The argument
/// 0 is free, 1 held, 2 held and somebody may sleep. Who takes it after waiting takes it as 2, for it cannot know whether
/// others wait: whoever gives it back then wakes one sleeper, perhaps one too many, never one too few. A sleeper sleeps only
/// while the word is 2, so a lock given back meanwhile is not missed.
///
/// All interleavings of three who take it are tried by the tests.
///
/// Under simulation it never blocks: a machine gives the token away only where it holds no lock, so a lock is always free when
/// it is asked for. Not for fibers: it blocks the machine. A fiber switches away with at most one such lock held, which the
/// machine's own stack gives back for it (`Machine.Request.park`).
struct Lock<M: Memory>: ~Copyable {
  private let word = AtomicWord<UInt32, M>(0, "lock")

  @inline(__always)
  func lock() {
    // Acquire: what the last holder wrote is visible. Partner: the exchange in `unlock`.
    if word.compareExchange(expected: 0, desired: 1, .acquiring).exchanged { return }
    lockSlowly()
  }

  @inline(never)
  private func lockSlowly() {
    for _ in 0..<M.lockSpins {
      for _ in 0..<30 { ck_pause() }
      if word.load(.relaxed) == 0, word.compareExchange(expected: 0, desired: 1, .acquiring).exchanged { return }
    }
    while word.exchange(2, .acquiring) != 0 { M.wait(word, 2, -1) }
  }

  @inline(__always)
  func unlock() {
    // Release: partner of the acquires above.
    if word.exchange(0, .releasing) == 2 { M.wakeOne(word) }
  }
}

typealias RuntimeLock = Lock<RealMemory>
