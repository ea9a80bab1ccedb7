/// The way of a machine from a fiber's code into the runtime, and how its gate is closed.
///
/// ### The argument
/// A machine on its way in: 1. says that it is inside   2. looks whether the gate is open for what its ring holds
/// Who closes the gate:     1. closes it                2. a barrier on all cores   3. looks whether the machine is inside
///
/// Either the machine sees that the gate is closed, and waits there, or it is seen inside, and what it does is waited for. The
/// machine's store and load need no fence of their own: the barrier is one, on its core, between them or not between. So who closes
/// the gate, and sees the machine outside, has all that the machine owns until it opens the gate again: sysmon takes the
/// processor of a fiber that never calls that way.
///
/// All interleavings of a machine that calls and sysmon that takes its processor are tried by the tests.
///
/// Rejected: a sequentially consistent store on each entry (5 ns an operation, for a thing that happens 30 times a second).
struct Entrance<M: Memory>: ~Copyable {
  /// The cursor that the ring may reach before the machine must ask the gate; 0 closes it.
  private let limit = AtomicWord<UInt64, M>(0, "limit")
  /// Its processor was taken while its fiber ran on: for checkpoints, which do not come to the gate else.
  let isDetached = AtomicWord<UInt32, M>(0, "isDetached")
  private let padding = (0, 0, 0, 0, 0, 0)
  private let word: AtomicWord<UInt32, M>

  init(_ activity: Machine.Activity) { word = AtomicWord(activity.rawValue, "activity") }

  // MARK: The machine

  @inline(__always)
  func set(_ activity: Machine.Activity) {
    // Release: whoever sees that the machine is not inside sees all that it did. Partner: `activity`.
    word.store(activity.rawValue, .releasing)
  }

  /// Whether the ring may grow to a cursor without asking.
  @inline(__always)
  func isOpen(upTo cursor: UInt64) -> Bool {
    // Relaxed: see the argument.
    cursor <= limit.load(.relaxed)
  }

  // MARK: Who holds the gate

  var activity: Machine.Activity {
    // Acquire: partner of `set`.
    Machine.Activity(rawValue: word.load(.acquiring))!
  }

  /// Relaxed: what was opened too late is found closed, and asked for. As for the next two.
  func open(upTo limit: UInt64) { self.limit.store(limit, .relaxed) }
  func close() { limit.store(0, .relaxed) }
  var isClosed: Bool { limit.load(.relaxed) == 0 }

  /// Closes the gate. - Returns: what the machine is doing now that it cannot come in unseen.
  func closeAndLook() -> Machine.Activity {
    close()
    M.barrier()
    return activity
  }
}
