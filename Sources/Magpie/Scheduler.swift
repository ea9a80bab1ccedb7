import MagpieTrace
import Synchronization

/// What all machines of a runtime share (Go's `sched`).
///
/// Atomics may be read by anyone; `Locked` only under `lock`. The order of locks: a channel's or mutex's own lock (of several
/// channels, by address), then a processor's `timerLock`, then `lock`, then the gate's own. No machine waits at the gate with any of them held.
struct Scheduler: ~Copyable {
  /// Only under `lock`.
  struct Locked: ~Copyable {
    var global = GlobalQueue()
    /// The idle processors, the last one on top.
    var idleProcessors: [ProcessorRef] = []
    /// Permits that no machine has, under an era in which they are not Ps; see `Machine+Distributed`.
    var freePermits = 0
    /// How many more fibers could run at once: of the two above one is always nothing.
    var idleCount: Int { idleProcessors.count + freePermits }
    /// All orders of stealing that there ever were: a thief may still go by one.
    var stealOrders: [UnsafeMutablePointer<StealOrder>] = []
    /// The idle machines, the last one on top.
    var idleMachine: Machine.SharedRef?
    var idleMachineCount = 0
    /// Raised by each step on the two idle lists, and by each change of the number of processors.
    var idleSequence: UInt32 = 0
    /// Machines ever made, sysmon included.
    var machineCount = 0
    /// Machines that serve no processor: sysmon.
    var systemMachineCount = 0
    /// Machines asleep until the fiber can run that is locked to them.
    var lockedMachineCount = 0
    /// Full bundles of free fibers, linked through `nextBundle`.
    var freeBundles: FiberRef?
    /// Where there is one queue for all, so are these: free fibers, linked through `next`, and warm stacks of the usual size.
    var freeFibers: FiberRef?
    var freeStacks: [Stack] = []
    /// How often the one queue's lock was taken, and waited for.
    var lockFigures = LockFigures()
    var fiberCount: UInt32 = 0
    var nextFiberID: UInt32 = 1
    /// Fibers that have parked because they are frozen, by id.
    var frozenFibers: [UInt32: FiberRef] = [:]
    /// What was asked for from outside, and sysmon has not done yet.
    var requests: [Request] = []
    /// The fiber that waits until no other lives.
    var lonelyFiber: FiberRef?
    /// The first limit that the run met.
    var limit: Limit?
    /// Who waits on what, once nothing can ever run again.
    var deadlock: [DeadlockReport.Waiter]?
  }

  /// How a run ended.
  enum End: UInt32 {
    /// By itself: nothing lives, or nothing can run again.
    case over = 1
    /// By `Runtime.stop`, where it was.
    case stopped = 2
    /// Where it met a limit.
    case limit = 3
  }

  /// How often a thread is asked for.
  static let threadAttempts = 20

  let configuration: Configuration
  /// The scheduler of the history that it is: its configuration's, unless a test has it break that one's first rule.
  let era: Era
  /// Each machine has a queue of its own, and needs a permit to run fibers; see `Machine+Distributed`.
  let isDistributed: Bool
  /// With so many processors there is nobody to share with: with a single P; but a permit may be the only one, and queues be many.
  let loneProcessorCount: Int
  /// Whether it may be traced, now or later: objects have numbers then, and fibers names.
  let isTraceable: Bool
  let clock = CounterClock()
  let fibers = FiberTable()
  let stacks: StackPool
  let strings = StringTable()
  let objects = ObjectTable()
  let gate: Gate
  let simulator: Simulator?
  let poller = Poller()
  let processors: ProcessorRef
  /// Processors that there are: on the idle list, held, or in a blocking call. See `Machine+Resize`.
  let processorCount: Atomic<Int>
  /// Processors ever made, those included that are retired: only these may be looked at. Raised under `lock`.
  let madeProcessorCount = Atomic<Int>(0)
  /// The order in which thieves visit all processors ever made.
  let stealOrder = Atomic<UInt>(0)
  /// All machines ever made, by id; set under `lock`, never changed.
  let machines: UnsafeMutablePointer<Machine.SharedRef?>
  let untracedRing: Ring

  let lock = SchedulerLock()
  let locked: UnsafeMutablePointer<Locked>
  /// Where the lock is the one queue's: the machine that has it, if that is known, and how many wait for it.
  let lockHolder = Atomic<UInt32>(UInt32(Event.noMachine))
  let lockWaiters = Atomic<UInt32>(0)

  private let padding0 = (0, 0, 0, 0, 0, 0, 0)
  /// Fibers in the global queue.
  let globalCount = Atomic<Int>(0)
  /// Machines that spin, and idle processors.
  let spinners: Spinners<RealMemory>
  /// The machine that waits in the network poller, for the next timer and for files, plus one; 0 for none.
  let netpollMachine = Atomic<Int>(0)
  /// The deadline that it waits for.
  let netpollDeadline = Atomic<UInt64>(.max)
  private let padding3 = (0, 0, 0, 0, 0, 0, 0)
  /// Fibers that wait in the poller, or were taken from there and are in no queue yet.
  let netpollWaiters = Atomic<Int>(0)
  /// A machine just looks into the poller: one is enough. A hint.
  let isPolling = Atomic<Bool>(false)
  /// When the poller was last looked into, in virtual ns.
  let lastNetpoll = Atomic<UInt64>(0)
  private let padding1 = (0, 0, 0, 0, 0, 0, 0)
  /// Fibers that have not ended.
  let liveCount = Atomic<Int>(0)
  /// A fiber waits until no other lives, or is about to: who ends the last but one looks, under the lock.
  let hasLonelyFiber = Atomic<Bool>(false)
  /// All machines are to end.
  let isStopping = Atomic<Bool>(false)
  /// Processors that there should be. Set under `lock`.
  let wantedProcessorCount: Atomic<Int>
  /// Processors from this id on retire: those above the wish; where permits are counted, all as long as there are too many of them.
  let retiresFrom: Atomic<Int>
  /// 0 while the run goes on; set once at its end, to an `End`. The caller of `run` sleeps on it.
  let ended = Atomic<UInt32>(0)
  let nextObject = Atomic<UInt32>(1)
  /// sysmon sleeps until a blocking call wakes it. A hint: it also wakes at the next timer.
  let sysmonSleepsDeeply = Atomic<Bool>(false)
  /// The second machine ever made.
  static let sysmonID: UInt16 = 1

  init(_ wish: Configuration) {
    var configuration = wish
    isDistributed = configuration.era == .distributed
    loneProcessorCount = isDistributed ? 0 : 1
    if isDistributed { configuration.maximumMachines = min(configuration.maximumMachines, Configuration.maxQueues) }
    // The process's first takes its time: now, not while somebody wants a lock.
    RealMemory.barrier()
    era = configuration.fault == .breaksEra ? configuration.era.unruly : configuration.era
    if era.isOneThread { configuration.processors = 1 }
    self.configuration = configuration
    isTraceable = configuration.trace != nil
    stacks = StackPool(size: configuration.stackSize)
    // One more: a machine that cannot be made any more is refused after its queue was.
    processors = .allocate(capacity: isDistributed ? configuration.maximumMachines + 1 : Configuration.maxProcessors)
    processorCount = Atomic(configuration.processors)
    wantedProcessorCount = Atomic(configuration.processors)
    retiresFrom = Atomic(isDistributed ? .max : configuration.processors)
    machines = .allocate(capacity: configuration.maximumMachines)
    machines.initialize(repeating: nil, count: configuration.maximumMachines)
    locked = .allocate(capacity: 1)
    locked.initialize(to: Locked())
    spinners = Spinners(idle: configuration.processors)
    simulator =
      configuration.isSimulated
      ? Simulator(
        seed: configuration.seed, isDisturbed: configuration.isDisturbed, passageLimit: configuration.passageLimit,
        machines: configuration.maximumMachines)
      : nil
    gate = Gate(
      isLossless: configuration.trace?.isLossless ?? true, capacity: configuration.trace?.ringCapacity ?? 0,
      isTracing: configuration.trace?.startsAtOnce ?? false, simulator: simulator, isPaced: configuration.isPaced)
    guard let ring = Ring(capacity: 16) else { fatalError("magpie: out of memory") }
    untracedRing = ring
    if isDistributed {
      // The first machine's queue; each other one comes with its machine.
      makeProcessors(upTo: 1)
      locked.pointee.freePermits = configuration.processors
      return
    }
    makeProcessors(upTo: configuration.processors)
    locked.pointee.idleProcessors = (0..<configuration.processors).reversed().map { [processors] in processors + $0 }
  }

  deinit {
    processors.deinitialize(count: madeProcessorCount.load(ordering: .relaxed))
    processors.deallocate()
    for order in locked.pointee.stealOrders {
      order.deinitialize(count: 1)
      order.deallocate()
    }
    machines.deallocate()
    locked.deinitialize(count: 1)
    locked.deallocate()
  }
}

typealias SchedulerRef = UnsafeMutablePointer<Scheduler>

extension UnsafeMutablePointer where Pointee == Scheduler {
  @inline(__always) var locked: UnsafeMutablePointer<Scheduler.Locked> { pointee.locked }

  /// The processors in order.
  func processor(_ index: Int) -> ProcessorRef { pointee.processors + index }

  /// Fibers ever made: each processor counts its own, so that spawning writes to no shared word for it.
  var createdCount: Int {
    allProcessors.reduce(0) { $0 + processor($1).pointee.createdCount.load(ordering: .acquiring) }
  }

  /// The number of a new sync object.
  func nextObject() -> UInt32 { pointee.nextObject.wrappingAdd(1, ordering: .relaxed).oldValue }

  /// Under the lock: the next number of the idle lists' sequence.
  func nextIdleSequence() -> UInt32 {
    let next = Merge.next(after: locked.pointee.idleSequence)
    locked.pointee.idleSequence = next
    return next
  }

  // MARK: The global queue, under the lock

  /// Puts a fiber at the tail (Go's globrunqput).
  /// - Returns: its running number.
  func pushGlobal(_ fiber: FiberRef) -> UInt32 {
    let index = locked.pointee.global.tail
    locked.pointee.global.push(fiber)
    // Sequentially consistent: the look at the spinners follows.
    pointee.globalCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
    return index
  }

  /// Puts fibers at the tail, in order (Go's globrunqputbatch).
  /// - Returns: the running number of the first.
  func pushGlobal(_ batch: UnsafeMutableBufferPointer<FiberRef>) -> UInt32 {
    let index = locked.pointee.global.tail
    for fiber in batch { locked.pointee.global.push(fiber) }
    // As above.
    pointee.globalCount.wrappingAdd(batch.count, ordering: .sequentiallyConsistent)
    return index
  }

  // MARK: The idle lists, under the lock

  /// Puts a processor onto the idle list (Go's pidleput), or retires it if there are to be fewer. It must be held, and its queue
  /// empty; the caller has counted it as idle.
  /// - Returns: what happened, its version after, and the lists' sequence number.
  func putIdle(_ processor: ProcessorRef) -> (kind: EventKind, version: UInt32, sequence: UInt32) {
    if pointee.isDistributed { return putPermit(of: processor) }
    processor.pointee.machine.store(UInt32(Event.noMachine), ordering: .relaxed)
    if isRetiring(processor) {
      pointee.spinners.endIdle()
      return (.processorRelease, retire(processor), nextIdleSequence())
    }
    let version = processor.pointee.ownership.set(.idle)
    locked.pointee.idleProcessors.append(processor)
    return (.processorIdle, version, nextIdleSequence())
  }

  /// Takes a processor from the idle list (Go's pidleget). The caller raises the sequence number in the same step.
  /// - Parameter machine: who takes it for itself; nil: it is for the machine that `start` starts.
  func takeIdle(for machine: MachineRef? = nil) -> (processor: ProcessorRef, version: UInt32)? {
    if pointee.isDistributed { return takePermit(for: machine) }
    guard let processor = locked.pointee.idleProcessors.popLast() else { return nil }
    pointee.spinners.endIdle()
    return (processor, processor.pointee.ownership.set(.held))
  }

  /// The same for one that is about to spin; if there is none, the next machine about to idle will (Go's pidlegetSpinning).
  func takeIdleSpinning(for machine: MachineRef? = nil) -> (processor: ProcessorRef, version: UInt32)? {
    let taken = takeIdle(for: machine)
    if taken == nil { pointee.spinners.need() }
    return taken
  }
}
