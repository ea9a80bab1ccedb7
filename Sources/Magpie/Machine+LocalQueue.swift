import MagpieTrace

/// What a machine does with local queues, and tells of it. The queue itself, and why it may be done, stands in LocalQueue.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Puts a fiber from the hands into the processor's runnext, whose fiber moves to the tail (Go's runqput). Only the holder of
  /// the processor.
  func putNext(_ fiber: FiberRef) {
    let processor = pointee.processor!
    // Read while the fiber is in the hands: once it is put, a thief may have run it to its end, and its id is 0.
    let id = fiber.pointee.id
    let (version, displaced) = processor.pointee.queue.putNext(fiber.pointee.index &+ 1)
    let displacedFiber = displaced == 0 ? nil : scheduler.pointee.fibers[displaced &- 1]
    emit(.queueRunNextPut, fiber: id, a: version, b: displacedFiber?.pointee.id ?? 0)
    if let displacedFiber { putTail(displacedFiber) }
  }

  /// Puts a fiber from the hands to the tail of the processor's queue. A full ring gives its older half to the global queue. Only
  /// the holder of the processor.
  /// - Parameter ordering: sequentially consistent where a look at the spinners follows.
  @inline(__always)
  func putTail(_ fiber: FiberRef, _ ordering: Ordering = .releasing) {
    let processor = pointee.processor!
    let id = fiber.pointee.id
    while true {
      switch processor.pointee.queue.fill(fiber.word) {
      case .slot(let slot):
        if !fails(.losesSlot) { processor.pointee.queue.publish(to: slot &+ 1, ordering) }
        emit(.queuePush, fiber: id, a: slot)
        return
      case .full(let head):
        if overflow(processor, head: head, with: fiber) { return }
      }
    }
  }

  /// Moves the older half of a full ring, and `fiber`, to the global queue (Go's runqputslow).
  /// - Returns: false when a thief was quicker, and there is room now.
  @inline(never)
  private func overflow(_ processor: ProcessorRef, head: UInt32, with fiber: FiberRef) -> Bool {
    let half = RealMemory.slotCount / 2
    return withUnsafeTemporaryAllocation(of: FiberRef.self, capacity: Int(half) + 1) { batch in
      batch.initializeElement(at: Int(half), to: fiber)
      let isTaken = processor.pointee.queue.takeHalf(from: head) {
        batch.initializeElement(at: $0, to: FiberRef(word: $1))
      }
      guard isTaken else { return false }
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
    if let (next, version) = processor.pointee.queue.takeNext() {
      let fiber = scheduler.pointee.fibers[next &- 1]
      emit(.queueRunNextTake, fiber: fiber.pointee.id, a: version)
      return (fiber, true)
    }
    guard let (word, slot) = processor.pointee.queue.take() else { return nil }
    let fiber = FiberRef(word: word)
    emit(.queuePop, fiber: fiber.pointee.id, a: slot)
    if fails(.takesTwice) { emit(.queuePop, fiber: fiber.pointee.id, a: slot) }
    return (fiber, false)
  }

  /// Takes half of a victim's queue: the last of it into the hands, the rest into the own queue (Go's runqsteal). The own
  /// queue is empty.
  func steal(from victim: ProcessorRef, round: Int) -> (fiber: FiberRef, source: StartSource)? {
    let own = pointee.processor!
    while true {
      let loot = own.pointee.queue.steal(
        from: victim.pointee.queue, share: { stealShare(of: $0) }, pause: { interleave() })
      if let loot {
        let fiber = FiberRef(word: loot.fiber)
        emit(
          .stealTook, detail: UInt8(round), fiber: fiber.pointee.id, a: UInt32(victim.pointee.id), b: loot.head,
          c: loot.count | loot.length << 16, d: loot.tail)
        return (fiber, .steal)
      }
      guard round == 4 else { return nil }
      switch stealRunNext(from: victim) {
      case .nothing: return nil
      case .taken(let next, let version):
        let fiber = scheduler.pointee.fibers[next &- 1]
        emit(
          .stealTookRunNext, detail: UInt8(round), fiber: fiber.pointee.id, a: UInt32(victim.pointee.id), b: version)
        return (fiber, .stealRunNext)
      // The victim went on meanwhile, and may have put more.
      case .changed: continue
      }
    }
  }

  /// Takes a victim's runnext, in the last round only. A victim that runs is about to run it: the thief sleeps for 3 µs first, as
  /// Go's does, and the kernel's sleeps are longer; else two fibers that talk to each other would be torn apart.
  private func stealRunNext(from victim: ProcessorRef) -> LocalQueue<RealMemory>.StolenNext {
    victim.pointee.queue.stealNext {
      guard victim.pointee.ownership.seen.status == .held else { return }
      if scheduler.pointee.configuration.isSimulated { interleave() } else { nap() }
    }
  }

  /// Sleeps for 3 µs, or until something changes at the gate.
  private func nap() {
    let word = shared.pointee.gateWord.load(ordering: .relaxed)
    shared.pointee.gateWord.sleep(while: word, atMost: 3_000)
  }
}
