import MagpieTrace

/// What a test can break, to see that it is found. Each fault really happens, and none harms the process: a fiber that was taken
/// twice is run once, one that was lost just never runs.
package enum Fault: Sendable, CaseIterable {
  /// A thief takes a third of a queue instead of half.
  case stealsAThird
  /// A machine spins though enough others do.
  case spinsTooMany
  /// A thief passes by the queues of threads that block or sleep.
  case skipsBlocked
  /// More machines run fibers than there are permits.
  case runsTooMany
  /// A search looks at the global queue first on ticks that are not the 61st.
  case searchesGlobalFirst
  /// A machine that was given a processor is not woken.
  case dropsWakeups
  /// A slot is taken, and then taken once more.
  case takesTwice
  /// A slot is filled, and the tail stays where it is.
  case losesSlot
  /// What was taken from the global queue falls out of the hands.
  case losesGlobal
  /// So does who was taken out of the line of a channel, a lock or a timer.
  case losesWaiter
  /// And who was taken out of the network poller.
  case losesReadiness
  /// The one queue gives its second fiber before its first.
  case takesSecond
  /// One task at a time is many, and one thread is several: the next era's scheduler runs in its stead.
  case breaksEra
}

/// Where the faults are planted. `Machine.fault` is the owner's own constant: a byte beside others that are in the cache anyway.
extension UnsafeMutablePointer where Pointee == Machine {
  /// How many fibers a thief takes of `length`: half, rounded up.
  @inline(__always)
  func stealShare(of length: UInt32) -> UInt32 {
    pointee.fault == .stealsAThird && length > 2 ? length / 3 : length &- length / 2
  }

  /// Whether a machine may begin to spin: at most half as many as are busy.
  @inline(__always)
  func maySpin(beside spinning: Int, busy: Int) -> Bool {
    2 * spinning < busy || pointee.fault == .spinsTooMany
  }

  /// Whether a search begins with the global queue: every 61st time.
  @inline(__always)
  func looksAtGlobalFirst(tick: UInt32) -> Bool {
    tick % 61 == 0 || pointee.fault == .searchesGlobalFirst && tick % 5 == 0
  }

  /// Now and then, if that fault is planted.
  @inline(__always)
  func fails(_ fault: Fault) -> Bool { pointee.fault == fault && draws() }

  @inline(never)
  private func draws() -> Bool { pointee.random.below(16) == 0 }
}
