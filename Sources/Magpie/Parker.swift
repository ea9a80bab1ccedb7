/// How a machine sleeps until another one wakes it (Go's notesleep, notewakeup).
///
/// ### The argument
/// One word says all. Bit 0: it was woken. Bits 1 and 2: it sleeps, or is about to, in the kernel's futex or in the network poller.
/// Above: a number, raised to make a sleeper look at its deadline again.
///
/// The sleeper: 1. loads the word; if it was woken it goes on   2. computes how long   3. says where it sleeps, by exchange
///              4. sleeps, unless the word has changed
/// The waker:   1. raises the bit, or the number                2. wakes the place that it found there
///
/// All changes are exchanges of one word, so they have an order. A waker that comes before step 3 changes what step 3 expects, and
/// the sleeper looks again; one that comes later sees where it sleeps. If it comes before step 4, the futex's word is not what
/// the sleeper expects, and the poller's event stays raised. What the waker wrote before is seen by the sleeper that finds the bit.
///
/// All interleavings of a sleeper, its wakers and the clock are tried by the tests, in the futex and in the poller.
///
/// Rejected: waking always (180 ns in the kernel, where mostly nobody sleeps); a bit that is cleared by the waker (a second
/// waker would find nobody asleep while the first is on its way to the kernel).
struct Parker<M: Memory>: ~Copyable {
  /// Where a machine sleeps.
  enum Place: UInt32 {
    case futex = 2
    case poller = 4
  }

  private static var woken: UInt32 { 1 }
  private static var round: UInt32 { 8 }

  private let word = AtomicWord<UInt32, M>(0, "parker")

  // MARK: The sleeper

  /// Sleeps until woken.
  /// - Parameter limit: for how long at most, in ns, negative for ever; nil: the time has come.
  /// - Returns: whether it was woken, which is used up by that.
  @inline(__always)
  func sleep(limit: () -> Int64?) -> Bool {
    while true {
      guard let seen = look() else {
        endSleep()
        return true
      }
      guard let limit = limit() else { return false }
      guard announce(.futex, seen) else { continue }
      M.wait(word, seen | Place.futex.rawValue, limit)
    }
  }

  /// What `announce` expects; nil: it was woken.
  @inline(__always)
  func look() -> UInt32? {
    // Acquire: what the waker gave is visible, and the time that has changed. Partners: `wake`, `lookAgain`.
    let seen = word.load(.acquiring)
    return seen & Parker.woken == 0 ? seen : nil
  }

  /// Says where it sleeps. - Returns: false if the word has changed since `look`.
  @inline(__always)
  func announce(_ place: Place, _ seen: UInt32) -> Bool {
    if seen & place.rawValue != 0 { return true }
    // Release: partner of the acquire in `wake`, whose caller reads how the place is woken.
    return word.compareExchange(expected: seen, desired: seen | place.rawValue, .acquiringAndReleasing).exchanged
  }

  /// It no longer sleeps, wherever it did. - Returns: whether it was woken, which is used up by that.
  @discardableResult @inline(__always)
  func endSleep() -> Bool {
    // Acquire: as in `look`.
    word.and(~(Parker.woken | Place.futex.rawValue | Place.poller.rawValue), .acquiringAndReleasing) & Parker.woken != 0
  }

  // MARK: The waker

  /// Wakes the sleeper, or spares it its next sleep. - Returns: whether it sleeps in the poller, which the caller must interrupt.
  @inline(__always)
  func wake() -> Bool {
    // Release: partner of the acquire in `look`.
    wakeSleeper(word.or(Parker.woken, .acquiringAndReleasing))
  }

  /// Makes a sleeper compute its deadline anew. - Returns: as above.
  @inline(__always)
  func lookAgain() -> Bool { wakeSleeper(word.add(Parker.round, .acquiringAndReleasing)) }

  @inline(__always)
  private func wakeSleeper(_ seen: UInt32) -> Bool {
    if seen & Place.futex.rawValue != 0 { M.wakeOne(word) }
    return seen & Place.poller.rawValue != 0
  }
}
