import CKernel
import Glibc
import Synchronization

/// The arena's lock, and how a task sleeps and is woken.
///
/// *Sleeping.* A task's word is a count of reasons to look again. Under the lock it looks at what it waits for, reads the word, gives
/// the lock back, and sleeps while the word is still that; whoever changes what it waits for does so under the lock, raises the word,
/// and wakes. So either the change came before the look, or the word has changed and the kernel refuses the sleep. A wake-up that
/// comes for nothing costs one more look.
///
/// *A dead owner.* A process may be killed while it has the lock. Its parent, the host, finds its number in the word once it has
/// reaped it, and frees it; if the host is gone too, whoever waits for long asks the kernel whether the owner lives. What the dead one
/// had begun stays half done: a task may be missing in a line, an event in the log. So the host takes the lock over without a moment
/// between, and says in the log that something is missing there, before anybody goes on.
extension Arena {
  static let contended: UInt32 = 1 << 31
  /// Real nanoseconds after which a waiter asks whether the lock's owner lives.
  private static let patience: Int64 = 200_000_000
  /// The same, where the host waits.
  private static let hostPatience: Int64 = 5_000_000

  @inline(__always)
  func lock() {
    let me = UInt32(bitPattern: ck_task_thread_id())
    // Acquire: what the last owner wrote is visible. Partner: the release in `unlock`.
    if header.pointee.lock.compareExchange(
      expected: 0, desired: me, successOrdering: .acquiring, failureOrdering: .relaxed
    ).exchanged {
      return
    }
    lockSlowly(me)
  }

  /// Takes the lock if it is free.
  func tryLock() -> Bool {
    // Acquire: as in `lock`.
    header.pointee.lock.compareExchange(
      expected: 0, desired: UInt32(bitPattern: ck_task_thread_id()), successOrdering: .acquiring,
      failureOrdering: .relaxed
    ).exchanged
  }

  @inline(never)
  private func lockSlowly(_ me: UInt32) {
    var turns = 0
    while true {
      let seen = header.pointee.lock.load(ordering: .relaxed)
      if seen == 0 {
        // Somebody else may wait: who comes after a wait leaves the mark.
        if header.pointee.lock.compareExchange(
          expected: 0, desired: me | Arena.contended, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged {
          return
        }
        continue
      }
      turns += 1
      if turns < 100 {
        ck_pause()
        continue
      }
      if seen & Arena.contended == 0,
        !header.pointee.lock.compareExchange(
          expected: seen, desired: seen | Arena.contended, successOrdering: .relaxed, failureOrdering: .relaxed
        ).exchanged
      {
        continue
      }
      let begin = ck_monotonic_ns()
      header.pointee.lock.sleep(while: seen | Arena.contended, atMost: Arena.patience, acrossProcesses: true)
      if ck_monotonic_ns() - begin >= UInt64(Arena.patience) { breakLock(ofDead: seen & ~Arena.contended) }
    }
  }

  @inline(__always)
  func unlock() {
    // Release: see `lock`.
    let old = header.pointee.lock.exchange(0, ordering: .releasing)
    if old & Arena.contended != 0 { header.pointee.lock.wake(acrossProcesses: true) }
  }

  /// Frees the lock if a thread has it that lives no longer.
  func breakLock(ofDead owner: UInt32) {
    guard owner != 0, ck_kill(Int32(bitPattern: owner), 0) != 0 else { return }
    freeLock(of: owner)
  }

  /// Takes the lock in the host, from a task that has ended, if one had it: what that did then stays half done.
  ///
  /// One that has ended and was not reaped yet may have it, which only the host can reap: so it must not sleep here for that one.
  /// - Parameter reaped: the number of the one that was reaped last.
  /// - Returns: whether a task that has ended had it.
  func lockInHost(after reaped: UInt32) -> Bool {
    let me = UInt32(bitPattern: ck_task_thread_id()) | Arena.contended
    while true {
      // Acquire: as in `lock`.
      let seen = header.pointee.lock.load(ordering: .relaxed)
      let owner = seen & ~Arena.contended
      if owner == 0 || owner == reaped || hasEnded(owner) {
        if header.pointee.lock.compareExchange(
          expected: seen, desired: me, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged {
          return owner != 0
        }
      } else if seen == owner {
        _ = header.pointee.lock.compareExchange(
          expected: seen, desired: seen | Arena.contended, successOrdering: .relaxed, failureOrdering: .relaxed)
      } else {
        header.pointee.lock.sleep(while: seen, atMost: Arena.hostPatience, acrossProcesses: true)
      }
    }
  }

  /// Whether a child of the host has ended; it stays to be reaped.
  private func hasEnded(_ process: UInt32) -> Bool {
    var information = siginfo_t()
    return waitid(P_PID, process, &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
  }

  /// Frees the lock if this thread, which has ended, had it.
  func freeLock(of owner: UInt32) {
    let seen = header.pointee.lock.load(ordering: .acquiring)
    guard seen & ~Arena.contended == owner else { return }
    if header.pointee.lock.compareExchange(
      expected: seen, desired: 0, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed
    ).exchanged {
      header.pointee.lock.wake(acrossProcesses: true)
    }
  }

  func withLock<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }

  /// The same in the host.
  func withLockInHost<Result>(_ body: () -> Result) -> Result {
    _ = lockInHost(after: 0)
    defer { unlock() }
    return body()
  }

  // MARK: sleeping

  /// Gives the lock back, sleeps until the task's word is raised or the time is over, and takes the lock again.
  /// - Parameter nanoseconds: real ones; negative: for ever.
  func sleep(_ slot: Int, atMost nanoseconds: Int64 = -1) {
    // Relaxed: it is raised under the lock.
    let seen = slots[slot].word.load(ordering: .relaxed)
    unlock()
    slots[slot].word.sleep(while: seen, atMost: nanoseconds, acrossProcesses: true)
    lock()
  }

  /// Has a task look again. The lock is held.
  func rouse(_ slot: Int) {
    slots[slot].word.wrappingAdd(1, ordering: .relaxed)
    slots[slot].word.wake(acrossProcesses: true)
  }
}
