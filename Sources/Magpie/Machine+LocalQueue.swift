import CKernel
import MagpieTrace
import Synchronization

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
extension UnsafeMutablePointer where Pointee == Machine {
  /// Puts a fiber from the hands into the processor's runnext, whose fiber moves to the tail (Go's runqput). Only the holder of
  /// the processor.
  func putNext(_ fiber: FiberRef) {
    let processor = pointee.processor!
    // Read while the fiber is in the hands: once it is put, a thief may have run it to its end, and its id is 0.
    let id = fiber.pointee.id
    var old = processor.pointee.runNext.load(ordering: .relaxed)
    while true {
      let new = (old >> 32 &+ 1) << 32 | UInt64(fiber.pointee.index &+ 1)
      // Release, for the one who takes it; sequentially consistent, for the look at `spinningCount` that follows.
      let (exchanged, seen) = processor.pointee.runNext.compareExchange(
        expected: old, desired: new, successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
      if exchanged { break }
      old = seen
    }
    let displaced = UInt32(truncatingIfNeeded: old)
    let displacedFiber = displaced == 0 ? nil : scheduler.pointee.fibers[displaced &- 1]
    emit(
      .queueRunNextPut, fiber: id, a: UInt32(truncatingIfNeeded: old >> 32) &+ 1,
      b: displacedFiber?.pointee.id ?? 0)
    if let displacedFiber { putTail(displacedFiber) }
  }

  /// Puts a fiber from the hands to the tail of the processor's queue. A full ring gives its older half to the global queue. Only
  /// the holder of the processor.
  @inline(__always)
  func putTail(_ fiber: FiberRef) {
    let processor = pointee.processor!
    let id = fiber.pointee.id
    while true {
      // Acquire: the slots below the head are free to be written. Partner: the takers' exchange.
      let head = processor.pointee.head.load(ordering: .acquiring)
      let tail = processor.pointee.tail.load(ordering: .relaxed)
      if tail &- head < Processor.slotCount {
        processor.pointee.slots[Int(tail % Processor.slotCount)].store(UInt(bitPattern: fiber), ordering: .relaxed)
        // Release: makes the slot available. Partner: acquire of the tail by takers.
        if !fails(.losesSlot) { processor.pointee.tail.store(tail &+ 1, ordering: .releasing) }
        emit(.queuePush, fiber: id, a: tail)
        return
      }
      if overflow(processor, head: head, with: fiber) { return }
    }
  }

  /// Moves the older half of a full ring, and `fiber`, to the global queue (Go's runqputslow).
  /// - Returns: false when a thief was quicker, and there is room now.
  @inline(never)
  private func overflow(_ processor: ProcessorRef, head: UInt32, with fiber: FiberRef) -> Bool {
    let half = Processor.slotCount / 2
    return withUnsafeTemporaryAllocation(of: FiberRef.self, capacity: Int(half) + 1) { batch in
      for offset in 0..<half {
        let word = processor.pointee.slots[Int((head &+ offset) % Processor.slotCount)].load(ordering: .relaxed)
        batch.initializeElement(at: Int(offset), to: FiberRef(bitPattern: word)!)
      }
      batch.initializeElement(at: Int(half), to: fiber)
      let (exchanged, _) = processor.pointee.head.compareExchange(
        expected: head, desired: head &+ half, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      guard exchanged else { return false }
      emit(.queueOverflow, a: head, b: half)
      // Read while the fiber is in the hands, as above.
      let id = fiber.pointee.id
      interleave()
      scheduler.pointee.lock.lock()
      let index = scheduler.pushGlobal(batch)
      scheduler.pointee.lock.unlock()
      emit(.globalPush, fiber: id, a: index, b: half &+ 1)
      return true
    }
  }

  /// Takes the next fiber of the own queue into the hands (Go's runqget).
  /// - Returns: the fiber, and whether it comes from runnext and so inherits the time slice.
  @inline(__always)
  func takeLocal() -> (fiber: FiberRef, inherits: Bool)? {
    let processor = pointee.processor!
    let next = processor.pointee.runNext.load(ordering: .relaxed)
    if UInt32(truncatingIfNeeded: next) != 0 {
      let version = next >> 32 &+ 1
      // If the exchange fails a thief has it: only the holder puts one there, so there is no second try.
      let (exchanged, _) = processor.pointee.runNext.compareExchange(
        expected: next, desired: version << 32, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if exchanged {
        let fiber = scheduler.pointee.fibers[UInt32(truncatingIfNeeded: next) &- 1]
        emit(.queueRunNextTake, fiber: fiber.pointee.id, a: UInt32(truncatingIfNeeded: version))
        return (fiber, true)
      }
    }
    while true {
      let head = processor.pointee.head.load(ordering: .acquiring)
      guard head != processor.pointee.tail.load(ordering: .relaxed) else { return nil }
      let word = processor.pointee.slots[Int(head % Processor.slotCount)].load(ordering: .relaxed)
      let (exchanged, _) = processor.pointee.head.compareExchange(
        expected: head, desired: head &+ 1, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if exchanged {
        let fiber = FiberRef(bitPattern: word)!
        emit(.queuePop, fiber: fiber.pointee.id, a: head)
        if fails(.takesTwice) { emit(.queuePop, fiber: fiber.pointee.id, a: head) }
        return (fiber, false)
      }
    }
  }

  /// Takes half of a victim's queue: the last of it into the hands, the rest into the own queue (Go's runqsteal). The own
  /// queue is empty.
  func steal(from victim: ProcessorRef, round: Int) -> (fiber: FiberRef, source: StartSource)? {
    let own = pointee.processor!
    let tail = own.pointee.tail.load(ordering: .relaxed)
    while true {
      let head = victim.pointee.head.load(ordering: .acquiring)
      let victimTail = victim.pointee.tail.load(ordering: .acquiring)
      let length = victimTail &- head
      let count = stealShare(of: length)
      if count == 0 { return round == 4 ? stealRunNext(from: victim, round: round) : nil }
      // Head and tail were not read at one moment.
      if count > Processor.slotCount / 2 { continue }
      for offset in 0..<count {
        let word = victim.pointee.slots[Int((head &+ offset) % Processor.slotCount)].load(ordering: .relaxed)
        own.pointee.slots[Int((tail &+ offset) % Processor.slotCount)].store(word, ordering: .relaxed)
      }
      interleave()
      let (exchanged, _) = victim.pointee.head.compareExchange(
        expected: head, desired: head &+ count, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      guard exchanged else { continue }
      let last = tail &+ count &- 1
      let fiber = FiberRef(
        bitPattern: own.pointee.slots[Int(last % Processor.slotCount)].load(ordering: .relaxed))!
      own.pointee.tail.store(last, ordering: .releasing)
      emit(
        .stealTook, detail: UInt8(round), fiber: fiber.pointee.id, a: UInt32(victim.pointee.id), b: head,
        c: count | length << 16, d: tail)
      return (fiber, .steal)
    }
  }

  /// Takes a victim's runnext, in the last round only. A victim that runs is about to run it: the thief sleeps for 3 µs first, as
  /// Go's does, and the kernel's sleeps are longer; else two fibers that talk to each other would be torn apart.
  private func stealRunNext(from victim: ProcessorRef, round: Int) -> (fiber: FiberRef, source: StartSource)? {
    while true {
      let next = victim.pointee.runNext.load(ordering: .acquiring)
      let index = UInt32(truncatingIfNeeded: next)
      guard index != 0 else { return nil }
      if victim.pointee.status.load(ordering: .relaxed) & 0xFF == Processor.Status.held.rawValue {
        if scheduler.pointee.configuration.isSimulated { interleave() } else { nap() }
      }
      let version = next >> 32 &+ 1
      let (exchanged, _) = victim.pointee.runNext.compareExchange(
        expected: next, desired: version << 32, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      guard exchanged else { continue }
      let fiber = scheduler.pointee.fibers[index &- 1]
      emit(
        .stealTookRunNext, detail: UInt8(round), fiber: fiber.pointee.id, a: UInt32(victim.pointee.id),
        b: UInt32(truncatingIfNeeded: version))
      return (fiber, .stealRunNext)
    }
  }

  /// Sleeps for 3 µs, or until something changes at the gate.
  private func nap() {
    _ = withUnsafePointer(to: shared.pointee.gateWord) { ck_futex_wait($0, $0.pointee.load(ordering: .relaxed), 3_000) }
  }
}
