import CKernel

/// A lock for the runtime's own short critical sections: two words and the kernel's futex.
///
/// ### The argument
/// `word` is 0 when free, 1 held, 2 held by one that has waited, or marked by one that waits. `sleepers` counts those between their
/// last look and their return.
///
/// Who sleeps:       1. counts itself   2. exchanges the word for 2, and has the lock if that was 0   3. a barrier on all cores
///                   4. sleeps while the word is 2, then goes on at 2
/// Who gives it back: 1. stores 0       2. looks whether anyone is counted, and then wakes one
///
/// Either the store comes after the barrier, and so does the look: it sees the sleeper counted. Or it comes before: then the
/// sleeper finds the word changed and does not sleep. The store and the look need no fence between them, as at a machine's
/// `Entrance`, and giving back costs no locked instruction, which is half of what a channel's operation costs.
///
/// Such a look touches the lock when it may already be another's. Where it may then be freed, `unlockAndForget` gives it back
/// in one access, its last: it exchanges the word, and wakes one if it was 2. Nobody who sleeps is forgotten: each has marked the
/// word before, and if a third one has taken the unmarked lock since, then another was woken when the mark went, and takes it as
/// 2 in its turn.
///
/// All interleavings of three who take it, and give it back in either way, are tried by the tests.
///
/// Under simulation it never blocks: a machine gives the token away only where it holds no lock, so a lock is always free when
/// it is asked for. Not for fibers: it blocks the machine. A fiber switches away with at most one such lock held, which the
/// machine's own stack gives back for it (`Machine.Request.park`).
///
/// Rejected: an exchange on each way out (5 ns), the usual lock over a futex. Rejected: a plain store in its place, and sleepers who
/// look again after a time: a lock that is needed for microseconds would cost a millisecond, by chance.
struct Lock<M: Memory>: ~Copyable {
  private let word = AtomicWord<UInt32, M>(0, "lock")
  private let sleepers = AtomicWord<UInt32, M>(0, "sleepers")

  @inline(__always)
  func lock() {
    // Acquire: what the last holder wrote is visible. Partner: the store or the exchange of who gave it back.
    if tryLock() { return }
    lockSlowly()
  }

  /// Takes the lock if it is free. - Returns: whether it was.
  @inline(__always)
  func tryLock() -> Bool { word.compareExchange(expected: 0, desired: 1, .acquiring).exchanged }

  @inline(never)
  private func lockSlowly() {
    for _ in 0..<M.lockSpins {
      for _ in 0..<30 { ck_pause() }
      if word.load(.relaxed) == 0, word.compareExchange(expected: 0, desired: 1, .acquiring).exchanged { return }
    }
    // Relaxed: see the argument.
    sleepers.add(1, .relaxed)
    while word.exchange(2, .acquiring) != 0 {
      // A kernel that refuses the barrier leaves a gap of nanoseconds: who falls into it looks again.
      M.wait(word, 2, M.barrier() ? -1 : 1_000_000)
    }
    sleepers.subtract(1, .relaxed)
  }

  /// Gives the lock back. - Precondition: the caller keeps alive what it is part of.
  @inline(__always)
  func unlock() {
    // Release: partner of the acquires above.
    word.store(0, .releasing)
    // Relaxed: see the argument.
    if sleepers.load(.relaxed) != 0 { M.wakeOne(word) }
  }

  /// Gives back a lock that whoever takes it next may free.
  @inline(__always)
  func unlockAndForget() {
    // Release: as above.
    if word.exchange(0, .releasing) == 2 { M.wakeOne(word) }
  }
}

typealias RuntimeLock = Lock<RealMemory>
