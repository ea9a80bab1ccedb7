/// The local run queue: a ring of 256 slots, lock-free, and `runNext` (Go's runqput, runqget, runqgrab, runqsteal).
///
/// ### The argument
/// Only the holder of the processor moves the tail; the head is moved by exchange, by the holder and by thieves.
/// 1. Put: the slot is written, then the tail is stored with release. A taker loads the tail with acquire, so it sees the slot.
/// 2. Take: slots are read, then the head is moved by a compare-exchange with release. If it succeeds, nobody took them before,
///    and the holder, who loads the head with acquire before it fills a slot, has not written into them: a slot is
///    only filled again when the head has passed it. If it fails, what was read is thrown away.
/// 3. A thief copies behind its own tail, which nobody else reads, before the exchange; only then does it move its tail.
/// `runNext` is changed by exchange only, and carries a version, so that a thief which looked, waited 3 µs and then takes,
/// takes the fiber that it saw.
///
/// Indices are free-running 32-bit numbers, compared modulo 2³². Rejected: pointers in `runNext` (no room for a version).
///
/// All interleavings of an owner and thieves are tried at four slots and fewer, with these orderings and with weaker ones, by the
/// tests of the local queue.
struct LocalQueue<M: Memory>: ~Copyable {
  /// What a thief has taken.
  struct Loot {
    /// The last of what it took, in the hands.
    let fiber: UInt64
    /// The victim's first slot that was taken, how many were, and how many it had.
    let head: UInt32
    let count: UInt32
    let length: UInt32
    /// The thief's own first slot that was filled.
    let tail: UInt32
  }

  /// What came of stealing runnext.
  enum StolenNext {
    case nothing
    /// The fiber, and the version after.
    case taken(UInt32, version: UInt32)
    /// Another was quicker: the queue is not what it was, and worth another look.
    case changed
  }

  /// What came of filling a slot.
  enum Filled {
    case slot(UInt32)
    /// There is none: where the ring began.
    case full(head: UInt32)
  }

  private let slots: UnsafeMutablePointer<AtomicWord<UInt64, M>>
  private let padding0 = (0, 0, 0, 0, 0)
  /// The next slot to take from; moved by exchange, by the holder and by thieves.
  let head: AtomicWord<UInt32, M>
  private let padding1 = (0, 0, 0, 0, 0, 0, 0)
  /// The next slot to put into; moved by the holder only.
  let tail: AtomicWord<UInt32, M>
  /// Fiber index plus one (low half) and version (high half), so that no thief takes a later fiber for the one that it saw.
  let runNext: AtomicWord<UInt64, M>

  /// - Parameter start: the number of the first slot that is filled.
  init(start: UInt32 = 0) {
    head = AtomicWord(start, "head")
    tail = AtomicWord(start, "tail")
    runNext = AtomicWord(0, "runNext")
    slots = .allocate(capacity: Int(M.slotCount))
    for slot in 0..<Int(M.slotCount) { (slots + slot).initialize(to: AtomicWord(0, "slot")) }
  }

  deinit { slots.deallocate() }

  /// The slot with a number.
  @inline(__always)
  func slot(_ number: UInt32) -> UnsafeMutablePointer<AtomicWord<UInt64, M>> { slots + Int(number % M.slotCount) }

  // MARK: The holder

  /// Puts a fiber from the hands into runnext.
  /// - Returns: the version after, and the fiber that was there, now in the hands; 0 for none.
  @inline(__always)
  func putNext(_ fiber: UInt32) -> (version: UInt32, displaced: UInt32) {
    var old = runNext.load(.relaxed)
    while true {
      let version = UInt32(truncatingIfNeeded: old >> 32) &+ 1
      // Release, for the one who takes it; sequentially consistent, for the look at the spinners that follows.
      let (exchanged, seen) = runNext.compareExchange(
        expected: old, desired: UInt64(version) << 32 | UInt64(fiber), .sequentiallyConsistent)
      if exchanged { return (version, UInt32(truncatingIfNeeded: old)) }
      old = seen
    }
  }

  /// Writes a fiber into the slot at the tail. Nobody sees it there before `publish`.
  @inline(__always)
  func fill(_ fiber: UInt64) -> Filled {
    // Acquire: the slots below the head are free to be written. Partner: the takers' exchange.
    let head = head.load(.acquiring)
    let tail = tail.load(.relaxed)
    guard tail &- head < M.slotCount else { return .full(head: head) }
    // Relaxed: nobody may read it yet.
    slot(tail).pointee.store(fiber, .relaxed)
    return .slot(tail)
  }

  /// Makes what was filled available, up to a slot.
  @inline(__always)
  func publish(to end: UInt32, _ ordering: Ordering = .releasing) {
    // Release: partner of the acquire of the tail by takers.
    tail.store(end, ordering)
  }

  /// Takes the older half of a full ring out.
  /// - Parameter take: called with each, in order, before it is certain that they are the caller's.
  /// - Returns: false when a thief was quicker, and there is room now.
  func takeHalf(from head: UInt32, _ take: (Int, UInt64) -> Void) -> Bool {
    let half = M.slotCount / 2
    for offset in 0..<half { take(Int(offset), slot(head &+ offset).pointee.load(.relaxed)) }
    return self.head.compareExchange(expected: head, desired: head &+ half, .acquiringAndReleasing).exchanged
  }

  /// Takes runnext into the hands, if there is one. - Returns: it, and the version after.
  @inline(__always)
  func takeNext() -> (fiber: UInt32, version: UInt32)? {
    let next = runNext.load(.relaxed)
    guard UInt32(truncatingIfNeeded: next) != 0 else { return nil }
    let version = UInt32(truncatingIfNeeded: next >> 32) &+ 1
    // If the exchange fails a thief has it: only the holder puts one there, so there is no second try.
    let (exchanged, _) = runNext.compareExchange(
      expected: next, desired: UInt64(version) << 32, .acquiringAndReleasing)
    return exchanged ? (UInt32(truncatingIfNeeded: next), version) : nil
  }

  /// Takes the oldest fiber of the ring into the hands. - Returns: it, and its slot.
  @inline(__always)
  func take() -> (fiber: UInt64, slot: UInt32)? {
    while true {
      let head = head.load(.acquiring)
      guard head != tail.load(.relaxed) else { return nil }
      let fiber = slot(head).pointee.load(.relaxed)
      // Release: the slot has been read. Partner: the acquire in `fill`.
      if self.head.compareExchange(expected: head, desired: head &+ 1, .acquiringAndReleasing).exchanged {
        return (fiber, head)
      }
    }
  }

  /// Takes half of a victim's ring: the last of it into the hands, the rest into this one, which is empty.
  /// - Parameters:
  ///   - share: how many to take of a number: half, rounded up.
  ///   - pause: what is done between copying them and taking them.
  /// - Returns: nil when there is nothing.
  @inline(__always)
  func steal(from victim: borrowing LocalQueue, share: (UInt32) -> UInt32, pause: () -> Void) -> Loot? {
    let tail = tail.load(.relaxed)
    while true {
      // Acquire: partners are the takers' exchanges and `publish`.
      let head = victim.head.load(.acquiring)
      let length = victim.tail.load(.acquiring) &- head
      let count = share(length)
      if count == 0 { return nil }
      // Head and tail were not read at one moment.
      if count > M.slotCount / 2 { continue }
      for offset in 0..<count {
        slot(tail &+ offset).pointee.store(victim.slot(head &+ offset).pointee.load(.relaxed), .relaxed)
      }
      pause()
      // Release: the slots have been read. Partner: the acquire in `fill`.
      guard victim.head.compareExchange(expected: head, desired: head &+ count, .acquiringAndReleasing).exchanged
      else { continue }
      let last = tail &+ count &- 1
      let fiber = slot(last).pointee.load(.relaxed)
      publish(to: last)
      return Loot(fiber: fiber, head: head, count: count, length: length, tail: tail)
    }
  }

  // MARK: Anybody

  /// Takes runnext from another's queue.
  /// - Parameter pause: what is done between the look and the exchange.
  @inline(__always)
  func stealNext(pause: () -> Void) -> StolenNext {
    let next = runNext.load(.acquiring)
    guard UInt32(truncatingIfNeeded: next) != 0 else { return .nothing }
    pause()
    let version = UInt32(truncatingIfNeeded: next >> 32) &+ 1
    let (exchanged, _) = runNext.compareExchange(expected: next, desired: UInt64(version) << 32, .acquiringAndReleasing)
    return exchanged ? .taken(UInt32(truncatingIfNeeded: next), version: version) : .changed
  }

  /// The fibers in the ring, as seen from anywhere: exact for the holder, a moment's guess for others.
  @inline(__always)
  var length: UInt32 { tail.load(.acquiring) &- head.load(.acquiring) }

  /// Whether ring and runnext are empty. The tail is read twice so that a fiber on its way from runnext into the ring is
  /// not missed (Go's runqempty). Sequentially consistent: it is the look after the number of spinners was lowered.
  var isEmpty: Bool {
    while true {
      let head = head.load(.sequentiallyConsistent)
      let tail = tail.load(.sequentiallyConsistent)
      let next = UInt32(truncatingIfNeeded: runNext.load(.sequentiallyConsistent))
      if tail == self.tail.load(.sequentiallyConsistent) { return head == tail && next == 0 }
    }
  }
}
