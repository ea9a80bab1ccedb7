// What `SchedulerState` keeps of each processor, machine, fiber and object: plain words in flat arrays, nothing counted.

/// "None" where a record names another by its index.
let noIndex = UInt32.max

struct ProcessorRecord: Sendable, Equatable {
  var status = ProcessorState.Status.idle
  /// Blocked by a machine that has come back and gone on without it; the retake has not been seen yet.
  var isLost = false
  var machine: UInt16 = 0xFFFF
  var version: UInt32 = 0
  var fiber: UInt32 = 0
  var runNext: UInt32 = 0
  var runNextVersion: UInt32 = 0
  var head: UInt32 = 0
  var tail: UInt32 = 0
  /// Where its ring lies, and one less than its slots, a power of two.
  var slotBase: UInt32 = 0
  var slotMask: UInt32 = 0
  var lastTick: UInt32 = 0
  /// The idle lists' sequence number when it went idle: the order of the list.
  var idleStamp: UInt32 = 0
  /// When the time slice began; a fiber that inherits it does not begin a new one.
  var sliceStart: UInt64 = 0
  /// When the present fiber began to run.
  var runStart: UInt64 = 0
  var since: UInt64 = 0

  var length: UInt32 { tail &- head }
}

struct PermitRecord: Sendable, Equatable {
  /// All that there are, but for those that have retired.
  var existing = 0
  /// Those that are not free: of machines that run, and in hands.
  var taken = 0
  /// Those in the hands of nobody knows whom: a snapshot does not tell.
  var stray = 0
}

struct MachineRecord: Sendable, Equatable {
  enum Activity: UInt8, Sendable {
    case active = 0
    case idle, timer, blocked, sysmonAsleep, ended, detached, locked
  }

  /// A list of fibers, linked through their records, in order.
  struct List: Sendable, Equatable {
    var first = noIndex
    var last = noIndex
    var count: UInt32 = 0
  }

  var exists = false
  var isSpinning = false
  var isSysmon = false
  /// Permits in its hands, for another machine: none or one.
  var permits: UInt8 = 0
  var activity = Activity.active
  var processor: UInt16 = 0xFFFF
  var fiber: UInt32 = 0
  var hands = List()
  /// What an overflow took out, until the global push that follows.
  var overflow = List()
  /// String id of the blocking call.
  var what: UInt32 = 0
  /// The idle lists' sequence number when it went to sleep.
  var idleStamp: UInt32 = 0
  /// The last suspicion of a lost wake-up during which it went to sleep.
  var parkEpoch: UInt32 = 0
  var since: UInt64 = 0
  /// Virtual deadline of a wait for a timer.
  var until: UInt64 = 0
  /// Waits for the lock of the one queue, and real nanoseconds of them, in all and at the longest.
  var lockWaits: UInt32 = 0
  var longestLockWait: UInt32 = 0
  var lockWaitedNanoseconds: UInt64 = 0
  /// What the kernel said of it last.
  var sample: KernelSample?
}

struct FiberRecord: Sendable, Equatable {
  enum Place: UInt8, Sendable {
    /// The slot is free.
    case none = 0
    case unknown, queued, runNext, global, hands, overflow, running, blocked, parked, detached
  }

  var id: UInt32
  var name: UInt32 = 0
  var parent: UInt32 = 0
  var sequence: UInt32 = 0
  /// The object that it waits for.
  var object: UInt32 = 0
  var wokenBy: UInt32 = 0
  var starts: UInt32 = 0
  /// Neighbours in a machine's list; `next` also links the free slots.
  var previous = noIndex
  var next = noIndex
  /// Its index among the armed timers.
  var timer = noIndex
  /// The processor or machine that has it.
  var owner: UInt16 = 0xFFFF
  var timerProcessor: UInt16 = 0xFFFF
  var place = Place.unknown
  var parkReason: UInt8 = 0
  var wakeCause: UInt8 = 0
  /// Where it was last taken from (`StartSource`), while in the hands.
  var origin: UInt8 = 0
  var since: UInt64 = 0
  var runnableSince: UInt64 = 0
  var deadline: UInt64 = 0
  var ranNanoseconds: UInt64 = 0

  init(id: UInt32) { self.id = id }
}

struct ObjectRecord: Sendable, Equatable {
  var id: UInt32
  var kind = SyncObjectState.Kind.unknown
  var isClosed = false
  /// Whether its sequence number and occupancy have been seen, so that the next can be checked.
  var isKnown = false
  var sequence: UInt32 = 0
  var occupancy: UInt32 = 0
  var capacity: UInt32 = 0
  var holder: UInt32 = 0
  var waiters: UInt32 = 0
  var waits: UInt64 = 0
  var waitedNanoseconds: UInt64 = 0

  init(id: UInt32) { self.id = id }
}
