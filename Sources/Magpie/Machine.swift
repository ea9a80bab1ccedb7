import CKernel
import MagpieTrace
import Synchronization

/// A kernel thread. It needs a processor to run fibers and gives it up in a blocking call.
///
/// This struct is the owner's alone; `Shared` holds what others may touch. Others never hold a pointer to it but through
/// `Shared`, and follow that only while all machines stand still.
struct Machine: ~Copyable {
  /// What the machine is doing, as far as the gate must know: whether it may be in the middle of an operation.
  enum Activity: UInt32 {
    /// In the code of a fiber; it enters the runtime through the gate.
    case outside = 0
    /// In the runtime, maybe in the middle of an operation.
    case inside = 1
    /// Waits at the gate; between two operations.
    case atGate = 2
    /// Sleeps in the kernel; its last operation is complete.
    case asleep = 3
    /// In a fiber's blocking call.
    case blocked = 4
    case ended = 5
  }

  /// What a fiber asks the machine to do for it once its stack is left.
  enum Request: UInt8 {
    case none
    case yield
    /// The same where there is one queue for all.
    case yieldToAll
    case preempt
    /// Wait; the lock in `requestLock` is to be given back.
    case park
    case parkUnderSchedulerLock
    /// Wait in the network poller, on the fiber's `pollSide`.
    case parkInNetpoll
    /// Wait in the lines of `requestSelection`, whose locks are to be given back.
    case select
    case sleep
    case exit
    /// Back from a blocking call, and no processor is free.
    case queueWithoutProcessor
    /// Stand still for ever: the run is over.
    case abandon
  }

  /// What other threads may touch.
  struct Shared: ~Copyable {
    let entrance = Entrance<RealMemory>(.asleep)
    let parker = Parker<RealMemory>()
    /// The event that wakes it in the poller; ordered by the parker.
    let netpollEvent = Atomic<Int32>(-1)
    /// Raised to make a machine at the gate look again.
    let gateWord = Atomic<UInt32>(0)
    /// Set by the waker before it wakes, read by the woken: ordered by the parker.
    let given = Atomic<UInt>(0)
    let givenSpinning = Atomic<Bool>(false)
    let givenTime = Atomic<UInt64>(0)
    /// The fiber that is locked to it and comes with the processor, or 0.
    let givenFiber = Atomic<UInt>(0)
    let id: UInt16
    /// The ring, kept for the readers.
    let ring: Ring?
    /// Under the scheduler's lock: it sleeps until the fiber can run that is locked to it.
    nonisolated(unsafe) var awaitsFiber = false
    /// Under the scheduler's lock: the next machine of the idle list.
    nonisolated(unsafe) var nextIdle: SharedRef?
    nonisolated(unsafe) var owner: MachineRef?
    nonisolated(unsafe) var thread: UInt64 = 0
    /// The kernel's number of its thread; 0 before that has begun.
    let threadID = Atomic<Int32>(0)

    init(id: UInt16, ring: Ring?) {
      self.id = id
      self.ring = ring
    }
  }
  typealias SharedRef = UnsafeMutablePointer<Shared>

  /// How a machine lost its processor: which, and the version that it had after that.
  struct Detachment {
    var processor: UInt16
    var version: UInt32
  }

  // The context stays the first field: its address is the machine's.
  var context = ck_context()
  let id: UInt16
  let scheduler: SchedulerRef
  let shared: SharedRef
  var processor: ProcessorRef?
  /// The processor that a blocking call left behind.
  var blockedProcessor: ProcessorRef?
  /// The status with which it was left behind.
  var blockedStatus = Ownership<RealMemory>.Seen(.idle, 0)
  var fiber: FiberRef?
  /// The fiber that is locked to it: it runs no other.
  var lockedFiber: FiberRef?
  /// It is on its way into the runtime, from a fiber's code: it holds nothing yet, and may lose its processor at the gate.
  var isEntering = false
  /// Its fiber is frozen, and is to park.
  var isToFreeze = false
  /// It has lost its processor, and is to find another.
  var detachment: Detachment?
  var isSpinning = false
  var request = Request.none
  /// The lock that a parking fiber holds, given back once its stack is left.
  var requestLock: UnsafeMutablePointer<RuntimeLock>?
  /// What a parking select waits with.
  var requestSelection: Selection?
  /// What tests break: nothing else sets these.
  let fault: Fault?
  let traceDelays: Bool
  var random: RandomSource
  var ring: Ring.Writer
  var isTracing = false
  /// All that can run stands in the one queue of all machines: `Machine+OneQueue`. Beside what every operation reads.
  let hasOneQueue: Bool
  /// The scheduler of the history that it acts for.
  let era: Era
  /// Whether this operation has read the clock already.
  var hasStamp = false
  var lastStamp: UInt64 = 0
  /// Real time minus own virtual time, in ns.
  var clockOffset: UInt64 = 0
  /// The looks of the current search, four bits each.
  var looks: UInt64 = 0
  var lookCount: UInt64 = 0
  /// The processor's schedule tick at the first of them: a search may end on another processor.
  var searchTick: UInt32 = 0
  /// Recording began in the middle of a search, or before it: what it looks at is not told.
  static let unknownLooks: UInt64 = 17
  var victims: UInt32 = 0
  /// How many times more it gives its processor up without lingering in the poller.
  var lingersToSkip = 0
  /// How many times in a row it lingered in vain, at most 5.
  var vainLingers = 0
  /// Where the fiber that starts next was found.
  var startSource = StartSource.none
  /// What it waited for the lock of the one queue, until that is told.
  var lockWait: LockWait?

  init(id: UInt16, scheduler: SchedulerRef, shared: SharedRef, ring: Ring) {
    self.id = id
    self.scheduler = scheduler
    self.shared = shared
    self.ring = Ring.Writer(ring)
    fault = scheduler.pointee.configuration.fault
    traceDelays = scheduler.pointee.configuration.traceDelays
    era = scheduler.pointee.era
    hasOneQueue = scheduler.pointee.era.hasOneQueue
    random = RandomSource(seed: scheduler.pointee.configuration.seed &+ UInt64(id) &* 0x9E37_79B9_7F4A_7C15)
  }
}

typealias MachineRef = UnsafeMutablePointer<Machine>

extension UnsafeMutablePointer where Pointee == Machine {
  /// The machine of the calling thread, or nil outside a runtime. Asked anew after every switch: a fiber may come back
  /// on another thread.
  ///
  /// Nil in a blocking call, too: what is called there has no processor.
  @inline(__always)
  static var current: MachineRef? { ck_current()?.assumingMemoryBound(to: Machine.self) }

  /// The same, in a blocking call as well.
  static var ofThread: MachineRef? { ck_machine()?.assumingMemoryBound(to: Machine.self) }

  @inline(__always)
  var context: UnsafeMutablePointer<ck_context> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: ck_context.self)
  }
  @inline(__always) var shared: Machine.SharedRef { pointee.shared }
  @inline(__always) var scheduler: SchedulerRef { pointee.scheduler }

  @inline(__always)
  func setActivity(_ activity: Machine.Activity) {
    shared.pointee.entrance.set(activity)
  }

  /// Enters the runtime from a fiber's code and begins an operation. The fiber may come back on another machine: if it ran for too
  /// long its processor was taken, and it must first get one again; if it is frozen, it waits until it is thawed.
  /// - Returns: the machine that it is on.
  @inline(__always)
  func enterRuntime(_ operation: Operation) -> MachineRef {
    enter()
    return isGateOpen ? self : enterSlowly(operation)
  }

  @inline(never)
  private func enterSlowly(_ operation: Operation) -> MachineRef {
    pointee.isEntering = true
    scheduler.pointee.gate.wait(self, before: operation, victim: nil)
    pointee.isEntering = false
    if pointee.detachment != nil { return rejoin(operation) }
    return pointee.isToFreeze ? parkFrozen(before: operation) : self
  }

  /// Marks the machine as inside: see Entrance for what must follow.
  @inline(__always)
  func enter() { setActivity(.inside) }

  /// Goes back into a fiber's code.
  @inline(__always)
  func leave() { setActivity(.outside) }
}

/// A small generator of random numbers, one a machine (splitmix64: a counter and a mix).
struct RandomSource {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0..<bound.
  mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }
}
