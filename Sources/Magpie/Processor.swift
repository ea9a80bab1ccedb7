import MagpieTrace
import Synchronization

/// The right to run fibers: a local run queue, `runNext`, timers, free lists. There is a fixed number of them, until somebody wants
/// another one.
///
/// This struct holds what others may touch; `Owned` what only the holder may.
struct Processor: ~Copyable {
  /// Who has the processor; see `Ownership`.
  enum Status: UInt64 {
    /// On the idle list.
    case idle = 0
    /// Held by a machine, or in the hands of one that passes it on.
    case held = 1
    /// Left with a machine in a blocking call: whoever changes it to `held` by an exchange has it.
    case blocked = 2
    /// There are to be fewer: nobody has it, until there are to be more again.
    case retired = 3
  }

  /// Only the holder of the processor.
  struct Owned: ~Copyable {
    var freeFibers = FreeFibers()
    var freeStacks = StackCache()
    var nextFiberID: UInt32 = 0
    var endFiberID: UInt32 = 0
  }

  let id: UInt16
  let owned: UnsafeMutablePointer<Owned>
  let queue = LocalQueue<RealMemory>()
  private let padding0 = (0, 0, 0, 0, 0, 0)
  let ownership: Ownership<RealMemory>
  /// Starts that did not inherit a slice. The holder writes it, sysmon reads it.
  let scheduleTick = Atomic<UInt32>(0)
  /// Fibers made by the holder; the holder writes it.
  let createdCount = Atomic<Int>(0)
  /// Blocking calls entered.
  let syscallTick = Atomic<UInt32>(0)
  /// The running fiber should let others run at its next checkpoint. Set by sysmon, cleared by the holder.
  let preempt = Atomic<Bool>(false)
  /// The machine that holds it, or `Event.noMachine`.
  let machine = Atomic<UInt32>(UInt32(Event.noMachine))
  /// The id of the fiber that runs on it, or 0; for sysmon.
  let running = Atomic<UInt32>(0)
  /// The earliest deadline of its timers, or `UInt64.max`.
  let nextTimer = Atomic<UInt64>(.max)
  let timerLock = RuntimeLock()
  /// Under `timerLock`.
  let timers: UnsafeMutablePointer<TimerHeap>

  init(id: Int, _ status: Status) {
    self.id = UInt16(id)
    ownership = Ownership(status)
    owned = .allocate(capacity: 1)
    owned.initialize(to: Owned())
    timers = .allocate(capacity: 1)
    timers.initialize(to: TimerHeap())
  }

  deinit {
    owned.deinitialize(count: 1)
    owned.deallocate()
    timers.deinitialize(count: 1)
    timers.deallocate()
  }
}

typealias ProcessorRef = UnsafeMutablePointer<Processor>
