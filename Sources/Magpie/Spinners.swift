/// How many machines look for work and how many processors are idle: by that a machine that makes work sees whether it must wake
/// another, and one that finds none whether it may sleep (Go's nmspinning, npidle, needspinning).
///
/// ### No work is forgotten
/// The danger: a machine makes work and sees no need to wake anybody, while the last one that looked for work just gives up.
///
/// Who makes work:              1. puts it into a queue     2. StoreLoad   3. if nobody spins, wakes a machine that does
/// Who spins and gives up:      1. lowers the count         2. StoreLoad   3. looks at all queues and timers once more
///
/// Both are sequentially consistent: either the maker sees nobody spinning, and wakes one, or the one who gives up sees the work.
/// A machine that gives up without having spun leaves it to those who spin; and if a maker found no idle processor to wake
/// anybody on, it says that somebody should, and the next machine that is about to give its processor up spins instead.
///
/// Who finds none idle:         1. says that one should spin   2. StoreLoad   3. looks at the idle processors once more
/// Who gives up, not spinning:  1. counts itself as idle       2. StoreLoad   3. looks whether it should spin
///
/// Again one of both sees the other. Go's wakep takes the scheduler's lock instead: each ready would, while all are busy.
/// The last spinner that finds work wakes the next one, as there may be more.
///
/// All interleavings of a maker, a machine that gives up and one that sleeps are tried by the tests, with these orderings and with
/// weaker ones.
///
/// Rejected (as by Go): waking one machine for each piece of work, which parks and wakes machines all the time; and
/// handing a processor over directly whenever one is idle, which wakes without need.
struct Spinners<M: Memory>: ~Copyable {
  private let spinning = AtomicWord<UInt32, M>(0, "spinning")
  private let idle: AtomicWord<UInt32, M>
  /// Somebody made work and found no idle processor for it: the next machine about to idle spins instead.
  private let needed = AtomicWord<UInt32, M>(0, "needed")

  /// - Parameter idle: the idle processors at first.
  init(idle: Int) { self.idle = AtomicWord(UInt32(idle), "idle") }

  /// Machines that spin. Counted before they look, no longer counted before they look for the last time.
  @inline(__always)
  var count: Int { Int(spinning.load(.sequentiallyConsistent)) }

  /// Processors on the idle list, and those of machines that think of giving theirs up.
  @inline(__always)
  var idleProcessorCount: Int { Int(idle.load(.sequentiallyConsistent)) }

  // MARK: Who makes work

  /// Whether work that was just put, by a sequentially consistent operation, needs nobody to be woken.
  @inline(__always)
  var areEnough: Bool {
    if spinning.load(.sequentiallyConsistent) != 0 { return true }
    // All are busy, and whoever is about to idle has been told.
    return idle.load(.sequentiallyConsistent) == 0 && needed.load(.sequentiallyConsistent) != 0
  }

  /// Counts a machine as spinning that is about to be woken, if nobody spins and a processor seems idle.
  /// - Parameter pause: what is done between the steps.
  @inline(__always)
  func beginFirst(pause: () -> Void) -> Bool {
    if idle.load(.sequentiallyConsistent) == 0 {
      // Without the lock, which Go takes for it: see the argument.
      needed.store(1, .sequentiallyConsistent)
      pause()
      if idle.load(.sequentiallyConsistent) == 0 { return false }
    }
    // If it fails, somebody spins: one who came after the work was put, as the last of those before was not seen.
    return spinning.compareExchange(expected: 0, desired: 1, .sequentiallyConsistent, failure: .sequentiallyConsistent)
      .exchanged
  }

  /// There was no idle processor to spin with.
  func need() { needed.store(1, .sequentiallyConsistent) }

  /// Whether somebody should spin: a hint.
  var isNeeded: Bool { needed.load(.relaxed) != 0 }

  // MARK: Who looks for work

  @inline(__always)
  func begin() {
    spinning.add(1, .sequentiallyConsistent)
    needed.store(0, .sequentiallyConsistent)
  }

  /// Counts one as spinning that is about to be started with a processor in the hands, if nobody is idle and nobody looks.
  func beginOnly() -> Bool {
    guard idle.load(.sequentiallyConsistent) == 0,
      spinning.compareExchange(expected: 0, desired: 1, .sequentiallyConsistent, failure: .sequentiallyConsistent)
        .exchanged
    else { return false }
    needed.store(0, .sequentiallyConsistent)
    return true
  }

  /// The same, whoever is idle: there is work, and its own machine leaves it.
  func beginAlone() -> Bool {
    guard
      spinning.compareExchange(expected: 0, desired: 1, .sequentiallyConsistent, failure: .sequentiallyConsistent)
        .exchanged
    else { return false }
    needed.store(0, .sequentiallyConsistent)
    return true
  }

  func end() { spinning.subtract(1, .sequentiallyConsistent) }

  // MARK: Processors

  /// A processor is about to go to the idle list. Under the scheduler's lock.
  func beginIdle() { idle.add(1, .sequentiallyConsistent) }

  /// The same for a machine that has not spun: unless it should.
  /// - Returns: false if it should spin instead.
  func mayIdle() -> Bool {
    beginIdle()
    guard needed.load(.sequentiallyConsistent) != 0 else { return true }
    endIdle()
    return false
  }

  /// A processor was taken from the idle list. Under the scheduler's lock.
  func endIdle() { idle.subtract(1, .sequentiallyConsistent) }
}
