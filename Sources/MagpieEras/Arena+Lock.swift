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
/// *A dead owner.* A process may be killed while it has the lock. What it had begun stays half done then: a task may be missing in a
/// line, an event in the log. That is to be put right before anybody goes on, by one party, and by the kernel's word who is dead.
/// So a lock that is not free is taken from its owner only by that one's parent, in one exchange, without a moment between:
///
/// - *A task has died.* The host, whose children all are, has its number, and nobody else can have that until it is reaped. The host
///   takes the lock over, repairs, says in the log that something is missing there, and buries the task.
/// - *The viewer has died*, and the lock names one of its threads, as the viewer's mark says. The host, its child, has another parent
///   then. It only ends what is left.
/// - *The host has died.* The kernel ends its tasks with it (`PR_SET_PDEATHSIG`); the viewer, which has reaped it, takes the lock from
///   whoever had it in another process (`hostIsGone`). It repairs nothing: the run ends, and says that its host is gone.
///
/// *A dead waiter* may have been woken before, and the next in line sleeps on though the lock is free. So whoever reaps passes it on:
/// the host takes the lock as one that others wait for, and thereby wakes the next for each that it buries; after the host, all.
///
/// If both have died, nobody is left; the threads of one process die together. All others wait, however long, and ask nobody.
///
/// Rejected: *a waiter that waits for long frees the lock of an owner that lives no longer*, as it was. One that does so between the
/// host's reaping and its taking over goes on in a world that is half done, and nobody repairs it; the owner's number may be another
/// process's by then, and one that is not reaped yet counts as alive. *Robust futexes*, where the kernel hands the lock of a dead owner
/// to the next in line: any task would have to be able to repair, and may be killed in the middle of that; and two parties would tell
/// of one death, for only the parent knows its signal. *A journal*, to undo what is half done: every operation would pay for what
/// hardly ever happens.
extension Arena {
  static let contended: UInt32 = 1 << 31
  /// The owner is a thread of the viewer. Kernel thread ids have 22 bits.
  static let viewersMark: UInt32 = 1 << 30
  private static let number: UInt32 = viewersMark - 1
  /// Real nanoseconds after which the host, while it waits, looks again whether the lock's owner lives.
  private static let pause: Int64 = 5_000_000
  /// Looks after which an owner is ended where the run is to end: it may have been stopped by somebody.
  private static let patience = 40
  /// Looks, one a tenth of a millisecond, at one that the kernel has killed and that may not have ended yet.
  private static let longestDeath = 10_000

  /// The word of a lock that the calling thread has.
  private var mine: UInt32 { UInt32(bitPattern: ck_task_thread_id()) | (isViewer ? Arena.viewersMark : 0) }

  @inline(__always)
  func lock() {
    let me = mine
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
      expected: 0, desired: mine, successOrdering: .acquiring, failureOrdering: .relaxed
    ).exchanged
  }

  @inline(never)
  private func lockSlowly(_ me: UInt32) {
    var turns = 0
    while true {
      let seen = header.pointee.lock.load(ordering: .relaxed)
      if seen == 0 || isOrphaned(seen) {
        // Somebody else may wait: who comes after a wait leaves the mark.
        if header.pointee.lock.compareExchange(
          expected: seen, desired: me | Arena.contended, successOrdering: .acquiring, failureOrdering: .relaxed
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
      header.pointee.lock.sleep(while: seen | Arena.contended, atMost: -1, acrossProcesses: true)
    }
  }

  /// In the viewer: whether the lock's owner is gone with the host.
  private func isOrphaned(_ word: UInt32) -> Bool {
    // Acquire: partner of the release in `endAfterHost`.
    isViewer && word & Arena.viewersMark == 0 && header.pointee.hostIsGone.load(ordering: .acquiring) != 0
  }

  /// Ends a run whose host has ended, if it has not ended itself. In the viewer, which has reaped the host.
  func endAfterHost() {
    // The kernel has ended the tasks by then, but one may be about to give the lock back still.
    let word = header.pointee.lock.load(ordering: .relaxed)
    let owner = Int32(word & Arena.number)
    var looks = 0
    var sample = ck_thread_sample()
    while owner != 0, word & Arena.viewersMark == 0, looks < Arena.longestDeath,
      ck_sample_thread(owner, owner, &sample),
      UInt8(bitPattern: sample.state) != UInt8(ascii: "Z")
    {
      usleep(100)
      looks += 1
    }
    // Release: whoever sees it may take the lock.
    header.pointee.hostIsGone.store(1, ordering: .releasing)
    withLock { finish(.stopped) }
    // See the head: nobody else passes on what was for a dead one.
    header.pointee.lock.wake(.max, acrossProcesses: true)
  }

  @inline(__always)
  func unlock() {
    // Release: see `lock`.
    let old = header.pointee.lock.exchange(0, ordering: .releasing)
    if old & Arena.contended != 0 { header.pointee.lock.wake(acrossProcesses: true) }
  }

  /// Takes the lock in the host, from whoever has ended, if such a one had it: what that did then stays half done.
  ///
  /// One that has ended and was not reaped yet may have it, which only the host can reap: so it must not sleep here for that one.
  /// - Parameters:
  ///   - reaped: the number of the one that was reaped last.
  ///   - isEnding: no task is to go on: one that keeps the lock for long is ended.
  /// - Returns: the process of a task that has ended and had it; 0 for none.
  func lockInHost(after reaped: Int32 = 0, isEnding: Bool = false) -> Int32 {
    let me = mine | Arena.contended
    var looks = 0
    while true {
      // Relaxed: whoever acts on it exchanges it, and acquires then, as in `lock`.
      let seen = header.pointee.lock.load(ordering: .relaxed)
      if seen == 0 || hasEnded(seen, reaped) {
        if seen != 0 { failInHost() }
        if header.pointee.lock.compareExchange(
          expected: seen, desired: me, successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged {
          return seen & Arena.viewersMark == 0 ? Int32(seen & Arena.number) : 0
        }
      } else if seen & Arena.contended == 0 {
        _ = header.pointee.lock.compareExchange(
          expected: seen, desired: seen | Arena.contended, successOrdering: .relaxed, failureOrdering: .relaxed)
      } else {
        header.pointee.lock.sleep(while: seen, atMost: Arena.pause, acrossProcesses: true)
        looks += 1
        // A task, for all others of the host's are reaped by it, and have given the lock back before that.
        if isEnding || isAskedToEnd, looks >= Arena.patience, seen & Arena.viewersMark == 0 {
          _ = ck_kill(Int32(seen & Arena.number), SIGKILL)
        }
      }
    }
  }

  /// Whether the host has been told to end, and has not come to hear it (`ck_host_wait`).
  var isAskedToEnd: Bool {
    var pending = sigset_t()
    return sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1
  }

  /// Whether the owner that a lock's word names has ended: the viewer, or a child of the host, which stays to be reaped.
  private func hasEnded(_ word: UInt32, _ reaped: Int32) -> Bool {
    if word & Arena.viewersMark != 0 { return getppid() != viewer }
    let owner = word & Arena.number
    if Int32(owner) == reaped { return true }
    var information = siginfo_t()
    return waitid(P_PID, owner, &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
  }

  func withLock<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }

  /// The same in the host, for what ends the run: nothing is repaired.
  func withLockAtEnd<Result>(_ body: () -> Result) -> Result {
    _ = lockInHost(isEnding: true)
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
