import CKernel
import MagpieTrace
import Synchronization

/// The eras in which all that can run stands in one queue, behind one lock (Go 1.0's): serial, nto1 and global.
///
/// What is made, ends, is woken and is scheduled takes that lock, once: the queue, free fibers, warm stacks, ids, permits to run and idle
/// machines are all behind it. Nothing belongs to a processor, which is no more than such a permit; timers are on the first one's heap.
///
/// The argument that no work is forgotten is short: who puts a fiber into the queue looks for an idle permit, and who lets one go
/// looks into the queue, under the same lock. Nobody spins.
///
/// mpn comes here by one branch each in `spawn`, `yield`, `ready` and at a fiber's end, on a plain word beside `isTracing`, which
/// every operation reads.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Finds fibers and runs them, to the end of the runtime.
  func workFromOneQueue() {
    if pointee.era.isOneThread { workAlone() } else { workWithPermits() }
    endThread()
  }

  // MARK: The queue

  /// Puts a fiber from the hands to the tail of the one queue, and has a machine started for it if a permit is idle. Under serial who
  /// has begun does not stand in line again: it stays in the hands of its thread.
  func pushToAll(_ fiber: FiberRef) {
    if pointee.era == .serial { return }
    interleave()
    // Read while it is in the hands, as in `putNext`.
    let id = fiber.pointee.id
    lockQueue()
    let index = scheduler.pushGlobal(fiber)
    let start = beginIdleStart()
    unlockQueue()
    emit(.globalPush, fiber: id, a: index, b: 1)
    if let start { finish(start) }
  }

  /// Takes the first fiber of the one queue into the hands. One operation.
  func takeFromAll() -> FiberRef? {
    passGate(.lookGlobal)
    look(.global)
    lockQueue()
    let size = UInt32(scheduler.pointee.globalCount.load(ordering: .relaxed))
    let locked = scheduler.locked
    if size > 1, fails(.takesSecond) { locked.pointee.global.swapFirst() }
    let index = locked.pointee.global.head
    guard let fiber = locked.pointee.global.pop() else {
      unlockQueue()
      return nil
    }
    scheduler.pointee.globalCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    let needsStack = fiber.pointee.stack == nil && fiber.pointee.stackSize <= scheduler.pointee.stacks.size
    let warm = needsStack ? locked.pointee.freeStacks.popLast() : nil
    unlockQueue()
    emit(.globalTake, fiber: fiber.pointee.id, a: index, b: 1, d: size)
    if let warm { bind(warm, to: fiber) }
    return fails(.losesGlobal) ? nil : fiber
  }

  /// Lets others run: the fiber goes to the tail. Called on its stack, in an operation that has passed the gate. Under serial there is
  /// nobody to let run.
  func yieldToAll() {
    if pointee.era == .serial { leave() } else { switchOut(.yieldToAll) }
  }

  /// Makes fibers runnable that the poller had.
  func injectIntoOneQueue(_ fibers: FiberList) {
    var fibers = fibers
    while let fiber = fibers.popFirst() {
      passGate(.readyNext)
      makeRunnable(fiber)
      pushToAll(fiber)
      // Only now: until it is in a queue, the runtime must not take itself for deadlocked.
      scheduler.pointee.netpollWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
  }

  // MARK: Making and ending fibers

  /// Makes a fiber and puts it to the tail of the one queue, in one critical section (Go 1.0's newproc1).
  func makeInOneQueue(
    name: UInt32, label: String, site: SpawnSite, stackSize: Int?, entry: consuming @escaping @Sendable () -> Void
  ) {
    interleave()
    let locked = scheduler.locked
    lockQueue()
    guard let fiber = takeFree() else {
      unlockQueue()
      scheduler.fail(Limit(.fibers, value: FiberTable.capacity, wanted: .fiber))
      // The run is over, and so is this fiber.
      abandonFiber()
      return
    }
    let id = locked.pointee.nextFiberID
    locked.pointee.nextFiberID = id &+ 1
    prepare(fiber, id: id, name: name, site: site, stackSize: stackSize, entry: entry)
    if !label.isEmpty { fiber.setLabel(label) }
    let (parent, bytes) = (fiber.pointee.parent, UInt32(clamping: fiber.pointee.stackSize))
    let index = scheduler.pushGlobal(fiber)
    let start = beginIdleStart()
    unlockQueue()
    emit(.fiberCreate, fiber: id, a: parent, b: name, c: bytes)
    emit(.globalPush, fiber: id, a: index, b: 1)
    if let start { finish(start) }
  }

  /// A free fiber, a new one if none is left; nil where there can be no more. Under the lock.
  private func takeFree() -> FiberRef? {
    let locked = scheduler.locked
    if let fiber = locked.pointee.freeFibers {
      locked.pointee.freeFibers = fiber.pointee.next
      fiber.pointee.next = nil
      return fiber
    }
    let index = locked.pointee.fiberCount
    guard index < FiberTable.capacity else { return nil }
    let fiber = scheduler.pointee.fibers[index]
    fiber.initialize(to: Fiber(index: index))
    locked.pointee.fiberCount = index &+ 1
    return fiber
  }

  /// A fiber has ended: its stack and itself are free, for all.
  func giveToAll(_ fiber: FiberRef) {
    let stack = fiber.pointee.stack
    if stack != nil {
      fiber.pointee.stack = nil
      ck_context_destroy(fiber.context)
    }
    fiber.pointee.place = .free
    fiber.pointee.id = 0
    let locked = scheduler.locked
    let isUsual = stack?.size == scheduler.pointee.stacks.size
    lockQueue()
    fiber.pointee.next = locked.pointee.freeFibers
    locked.pointee.freeFibers = fiber
    if isUsual, let stack { locked.pointee.freeStacks.append(stack) }
    unlockQueue()
    if !isUsual, let stack { scheduler.pointee.stacks.give(stack) }
  }
}
