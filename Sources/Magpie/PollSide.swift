import Synchronization

/// One direction of a file on the network poller, on which one fiber waits (Go's pollDesc.rg and wg).
///
/// ### The argument
/// One word says all: `none`, `ready` (something came, and nobody has made use of it yet), `waits` (a fiber is about to park),
/// or the fiber that is parked. Who changes it, changes it by exchange, so each readiness and each fiber is taken once.
///
/// The fiber:                           1. none → waits   2. looks for a close and a passed deadline   3. parks: waits → itself
/// The poller, a machine:               1. anything → ready; the fiber that it found there, it readies
/// Who closes, or a deadline that ends: 1. says so        2. waits or a fiber → none; the fiber that it found, it readies
///
/// The kernel tells a readiness once. If it comes before the fiber's first step, `ready` is there, and the fiber does not park;
/// if between the first and the third, the third fails, and the fiber's machine readies it again. A close that comes before the
/// fiber's second step is seen there (both sides' first two steps are sequentially consistent); one that comes later finds
/// `waits` or the fiber. Parking is complete before the third step: the fiber's registers are saved, its event is recorded.
///
/// A fiber that goes on knows only that it should look again: it tries its call once more, and waits once more if that would
/// block. So it does no harm when a readiness of a closed file is told to the next one that got its place, or when a
/// new deadline wakes a fiber only to make it wait for that.
///
/// A read from TCP that brought less than it asked for has taken all there was, and the next one parks without asking the kernel
/// first: what comes later is told later. But for an end, an error or urgent data, which may have been told together with the bytes
/// taken, once: `hidesMore` is set before `ready`, and whoever makes use of a readiness sees it. A third of the system calls of
/// a server of short messages are saved so; Go asks each time.
///
/// Rejected: a lock and a list of fibers a file (two locked steps for each wait, in the poller's loop too); the fiber alone as
/// the word, without `ready` (a readiness between the failed call and the park would be lost); one fiber a
/// file instead of one a direction (a reader could not wait while a writer does).
struct PollSide: ~Copyable {
  static let none: UInt = 0
  static let ready: UInt = 1
  static let waits: UInt = 2

  /// One of the three above, or the address of a parked fiber.
  let word = Atomic<UInt>(PollSide.none)
  /// The virtual time at which waiting ends with an error; `UInt64.max` for none, 0 once it has passed.
  let deadline = Atomic<UInt64>(.max)
  /// Which of the files that had this place one after the other has it: what the kernel tells of an earlier one is dropped.
  let tag = Atomic<UInt32>(0)
  /// The last read took all there was: see the argument. Only for who has the turn to read.
  let isDrained = Atomic<Bool>(false)
  /// The kernel told of an end, an error or urgent data: a read of less than it asked for may then have left some of that. Stays.
  let hidesMore = Atomic<Bool>(false)
}

typealias PollSideRef = UnsafeMutablePointer<PollSide>

extension UnsafeMutablePointer where Pointee == PollSide {
  /// Forgets a readiness: the call that follows sees for itself.
  func reset() {
    // Acquire: `hidesMore` is seen that came with it. What is set meanwhile costs one call in vain.
    _ = pointee.word.compareExchange(expected: PollSide.ready, desired: PollSide.none, ordering: .acquiring)
  }

  /// The fiber's first step. - Returns: false if the side is ready, which is used up by that.
  func beginWaiting() -> Bool {
    while true {
      // Acquire: partner of the release in `makeReady`.
      let (wasReady, _) = pointee.word.compareExchange(
        expected: PollSide.ready, desired: PollSide.none, ordering: .acquiring)
      if wasReady { return false }
      let (exchanged, seen) = pointee.word.compareExchange(
        expected: PollSide.none, desired: PollSide.waits, ordering: .sequentiallyConsistent)
      if exchanged { return true }
      guard seen == PollSide.ready else { misuse("two fibers wait for one direction of a file") }
    }
  }

  /// The fiber goes on, or does not park after all. A readiness that came is used up: the fiber looks again anyway.
  func endWaiting() { _ = pointee.word.exchange(PollSide.none, ordering: .acquiringAndReleasing) }

  /// The third step, on the machine's own stack. From here on a waker may have the fiber.
  /// - Returns: false when somebody was quicker, and the fiber is still the caller's.
  func commit(_ fiber: FiberRef) -> Bool {
    // Release: the parked fiber is visible to who takes it. Partner: the acquires below.
    pointee.word.compareExchange(
      expected: PollSide.waits, desired: UInt(bitPattern: fiber), successOrdering: .releasing,
      failureOrdering: .acquiring
    ).exchanged
  }

  /// The poller says that the side is ready. - Returns: the fiber that was parked there.
  func makeReady() -> FiberRef? {
    let old = pointee.word.exchange(PollSide.ready, ordering: .acquiringAndReleasing)
    return old > PollSide.waits ? FiberRef(bitPattern: old) : nil
  }

  /// Ends a wait without a readiness. - Returns: the fiber that was parked there.
  func interrupt() -> FiberRef? {
    var seen = pointee.word.load(ordering: .sequentiallyConsistent)
    while seen >= PollSide.waits {
      let (exchanged, current) = pointee.word.compareExchange(
        expected: seen, desired: PollSide.none, ordering: .sequentiallyConsistent)
      if exchanged { return seen > PollSide.waits ? FiberRef(bitPattern: seen) : nil }
      seen = current
    }
    return nil
  }
}
