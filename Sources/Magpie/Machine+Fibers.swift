import CKernel
import MagpieTrace
import Synchronization

/// A fiber's beginning and end: where its record and its stack come from, and where they go.
extension UnsafeMutablePointer where Pointee == Machine {
  /// A fiber from the processor's free list, from the shared one, or a new one (Go's gfget, newproc1).
  func makeFiber(
    name: UInt32, site: SpawnSite, stackSize: Int?, entry: consuming @escaping @Sendable () -> Void
  ) -> FiberRef {
    let owned = pointee.processor!.pointee.owned
    if owned.pointee.nextFiberID == owned.pointee.endFiberID { takeFiberIDs(owned) }
    let fiber = owned.pointee.freeFibers.pop() ?? refillFree(owned)
    let id = owned.pointee.nextFiberID
    owned.pointee.nextFiberID = id &+ 1
    prepare(fiber, id: id, name: name, site: site, stackSize: stackSize, entry: entry)
    return fiber
  }

  /// Makes a free fiber one that can run.
  @inline(__always)
  func prepare(
    _ fiber: FiberRef, id: UInt32, name: UInt32, site: SpawnSite, stackSize: Int?,
    entry: consuming @escaping @Sendable () -> Void
  ) {
    let (processor, scheduler) = (pointee.processor!, scheduler)
    fiber.pointee.id = id
    fiber.pointee.name = name
    fiber.pointee.isLabelled = false
    fiber.pointee.site = site
    fiber.pointee.creator = pointee.fiber
    fiber.pointee.parent = pointee.fiber?.pointee.id ?? 0
    fiber.pointee.stackSize = stackSize ?? scheduler.pointee.configuration.stackSize
    fiber.entry.initialize(to: Fiber.Entry(run: entry))
    fiber.pointee.place = .runnable
    fiber.pointee.deadline = .max
    fiber.pointee.sequence = 0
    fiber.pointee.exclusivity = (0, 0)
    scheduler.pointee.liveCount.wrappingAdd(1, ordering: .relaxed)
    let created = processor.pointee.createdCount.load(ordering: .relaxed)
    // Release: whoever reads the number sees the fibers live. Partner: `createdCount` of the scheduler.
    processor.pointee.createdCount.store(created + 1, ordering: .releasing)
  }

  /// Sixteen ids at a time, as Go does.
  @inline(never)
  private func takeFiberIDs(_ owned: UnsafeMutablePointer<Processor.Owned>) {
    interleave()
    scheduler.pointee.lock.lock()
    owned.pointee.nextFiberID = scheduler.locked.pointee.nextFiberID
    owned.pointee.endFiberID = owned.pointee.nextFiberID &+ 16
    scheduler.locked.pointee.nextFiberID = owned.pointee.endFiberID
    scheduler.pointee.lock.unlock()
  }

  /// A bundle of free fibers for a processor, new ones where none are left.
  /// - Returns: one of them.
  @inline(never)
  private func refillFree(_ owned: UnsafeMutablePointer<Processor.Owned>) -> FiberRef {
    interleave()
    let locked = scheduler.locked
    scheduler.pointee.lock.lock()
    if let bundle = locked.pointee.freeBundles {
      locked.pointee.freeBundles = bundle.pointee.nextBundle
      scheduler.pointee.lock.unlock()
      bundle.pointee.nextBundle = nil
      owned.pointee.freeFibers.take(bundle: bundle)
    } else {
      let first = locked.pointee.fiberCount
      guard first &+ UInt32(FreeFibers.bundleSize) <= FiberTable.capacity else {
        scheduler.pointee.lock.unlock()
        scheduler.fail(Limit(.fibers, value: FiberTable.capacity, wanted: .fiber))
        // The run is over, and so is this fiber.
        abandonFiber()
        fatalError("magpie: a fiber came back from the end of its run")
      }
      // Made under the lock: a snapshot reads all that are counted.
      var bundle: FiberRef?
      for index in (first..<first &+ UInt32(FreeFibers.bundleSize)).reversed() {
        let new = scheduler.pointee.fibers[index]
        new.initialize(to: Fiber(index: index))
        new.pointee.next = bundle
        bundle = new
      }
      locked.pointee.fiberCount = first &+ UInt32(FreeFibers.bundleSize)
      scheduler.pointee.lock.unlock()
      owned.pointee.freeFibers.take(bundle: bundle!)
    }
    return owned.pointee.freeFibers.pop()!
  }

  /// A fiber has ended: its stack and itself are free (Go's gdestroy, gfput).
  func recycle(_ fiber: FiberRef) {
    if pointee.hasOneQueue { giveToAll(fiber) } else { giveToProcessor(fiber) }
    // Sequentially consistent: either who is about to wait for the last one sees this, or it is seen here to be waiting.
    switch scheduler.pointee.liveCount.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue {
    case 0: scheduler.stop()
    case 1 where scheduler.pointee.hasLonelyFiber.load(ordering: .sequentiallyConsistent): wakeLonely()
    default: break
    }
  }

  @inline(__always)
  private func giveToProcessor(_ fiber: FiberRef) {
    let owned = pointee.processor!.pointee.owned
    if let stack = fiber.pointee.stack {
      fiber.pointee.stack = nil
      ck_context_destroy(fiber.context)
      if stack.size != scheduler.pointee.stacks.size || !owned.pointee.freeStacks.push(stack) {
        scheduler.pointee.stacks.give(stack)
      }
    }
    fiber.pointee.place = .free
    fiber.pointee.id = 0
    if let surplus = owned.pointee.freeFibers.push(fiber) { returnFree(surplus) }
  }

  /// One fiber is left; if it waits for that, it goes on.
  private func wakeLonely() {
    interleave()
    scheduler.pointee.lock.lock()
    // Since the count fell, the last fiber may have seen it, spawned others, and be waiting for those.
    let isAlone = scheduler.pointee.liveCount.load(ordering: .acquiring) == 1
    let fiber = isAlone ? scheduler.locked.pointee.lonelyFiber : nil
    if isAlone {
      scheduler.locked.pointee.lonelyFiber = nil
      scheduler.pointee.hasLonelyFiber.store(false, ordering: .relaxed)
    }
    scheduler.pointee.lock.unlock()
    if let fiber { ready(fiber, cause: .join) }
  }

  /// More than enough free fibers: a bundle goes to the shared list.
  @inline(never)
  private func returnFree(_ bundle: FiberRef) {
    interleave()
    scheduler.pointee.lock.lock()
    bundle.pointee.nextBundle = scheduler.locked.pointee.freeBundles
    scheduler.locked.pointee.freeBundles = bundle
    scheduler.pointee.lock.unlock()
  }

  @inline(never)
  private func takeStack(size: Int) -> Stack? {
    do throws(Limit) { return try scheduler.pointee.stacks.take(size: size) } catch {
      scheduler.fail(error)
      return nil
    }
  }

  /// A fiber gets its stack when it first runs, so fibers that finish quickly share a few hot ones.
  /// - Returns: false if there is no memory for it: the run is over.
  func bindStack(to fiber: FiberRef) -> Bool {
    let owned = pointee.processor!.pointee.owned
    let pool = scheduler.pointee.stacks.size
    let stack: Stack
    if fiber.pointee.stackSize <= pool, let warm = owned.pointee.freeStacks.pop() {
      stack = warm
    } else {
      guard let new = takeStack(size: fiber.pointee.stackSize) else { return false }
      stack = new
    }
    bind(stack, to: fiber)
    return true
  }

  func bind(_ stack: Stack, to fiber: FiberRef) {
    fiber.pointee.stack = stack
    ck_context_make(fiber.context, stack.bottom, stack.size, { fiberMain($0!) }, UnsafeMutableRawPointer(fiber))
  }
}

/// The first frame of a fiber: runs its entry, then leaves for ever.
private func fiberMain(_ argument: UnsafeMutableRawPointer) {
  let fiber = argument.assumingMemoryBound(to: Fiber.self)
  runEntry(fiber)
  let machine = MachineRef.current!.enterRuntime(.exit)
  machine.pointee.request = .exit
  ck_switch_last(fiber.context, machine.context)
}

/// Not inlined, so that everything the entry held is released before the stack is left.
@inline(never)
private func runEntry(_ fiber: FiberRef) {
  let entry = fiber.entry.move()
  entry.run()
}
