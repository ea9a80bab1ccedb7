import CKernel
import Magpie
import MagpieTrace
import Synchronization

/// What there is once in an arena. The atomics are for those who do without the lock; all else is under it.
struct ArenaHeader: ~Copyable {
  /// 0, or the kernel thread that has the lock, with `Arena.viewersMark` if it is the viewer's, and `Arena.contended` where somebody
  /// waits.
  let lock = Atomic<UInt32>(0)
  /// 1 once the viewer has reaped the host.
  let hostIsGone = Atomic<UInt32>(0)

  // MARK: the log, read by one thread of the viewer

  /// Events ever written, and ever read: the log holds what lies between.
  let logTail = Atomic<UInt64>(0)
  let logHead = Atomic<UInt64>(0)
  /// Raised when there is much to read; the reader sleeps on it.
  let readerWord = Atomic<UInt32>(0)
  /// 1 while somebody waits for room; then the reader raises `roomWord`.
  let wantsRoom = Atomic<UInt32>(0)
  let roomWord = Atomic<UInt32>(0)
  let stringCount = Atomic<Int>(1)
  let logCapacity: Int
  /// When it was made, by the kernel's monotonic clock.
  let begin: UInt64

  // MARK: the run

  /// `Arena.End`, 0 while it goes on. Whoever waits for it sleeps on it.
  let ended = Atomic<UInt32>(0)
  let isAskedToEnd = Atomic<UInt32>(0)
  /// Steps of the load, see `Session.load`.
  let load = Atomic<Int>(0)
  /// Those that the present round began with.
  let roundLoad = Atomic<Int>(0)
  /// Threads that tasks have, those that are about to end included. Whoever waits for them sleeps on it.
  let threadCount = Atomic<UInt32>(0)
  let host = Atomic<Int32>(0)
  /// Switches of processes that have been reaped.
  let voluntary = Atomic<UInt64>(0)
  let involuntary = Atomic<UInt64>(0)

  // MARK: under the lock

  var slotsMade = 0
  /// No slot below is free.
  var firstFree = 0
  var live = 0
  /// Tasks that wait for another task.
  var parked = 0
  var mostAlive = 0
  var hasTooManyTasks = false
  var lastFiber: UInt32 = 0
  var lastObject: UInt32 = 0
  var wordCount = 0
  var channelCount = 0
  var mutexCount = 0
  var groupCount = 0
  var valueCount = 0
  var textCount = 0
  /// The slot of the task that waits for all others, or -1.
  var lonely = -1
  /// What tests break, and the number of the event, or of the fiber, at which it does.
  var fault = Arena.Fault.none
  var faultAt: UInt64 = 0
  /// The last process that was killed in the middle of an operation.
  var lastInside: Int32 = 0
  var crashCount = 0
  var crashes: (CrashRecord, CrashRecord, CrashRecord, CrashRecord) = (.init(), .init(), .init(), .init())

  // MARK: the gate, under the lock

  var clock = VirtualClock()
  /// Written under the lock, read without.
  let isHeld = Atomic<UInt32>(0)
  /// The slot whose task may pass the held gate once, or -1; and whether the next one that comes may.
  var granted = -1
  var grantsNext = false
  /// The end of the log after the last operation that was stepped.
  var steppedTo: UInt64 = 0
  /// The program is held once the task of this slot has passed; -1.
  var holdsAfter = -1
  /// Every operation asks the viewer first, which has a breakpoint.
  var asks = false
  /// Raised when somebody asks; the viewer's `Doorkeeper` sleeps on it.
  let askWord = Atomic<UInt32>(0)

  init(events: Int) {
    logCapacity = events
    begin = ck_monotonic_ns()
  }
}

/// One task: what is known of it, and the word that it sleeps on.
struct TaskSlot: ~Copyable {
  enum State: UInt8 {
    case free = 0
    /// It runs, or the kernel lets it wait.
    case active
    /// For another task: `object`.
    case parked
    case sleeping
    case inCall
  }

  /// Raised whenever the task should look again at what it waits for.
  let word = Atomic<UInt32>(0)
  var state = State.free
  /// That it was made, and that it ended, is written.
  var isToldOf = false
  var isEndTold = false
  /// Its first event on its own thread is written.
  var hasBegun = false
  var isAtGate = false
  var isFrozen = false
  var isWokenByHand = false
  /// Woken for a lock, and has not come to take it yet.
  var isHeir = false
  /// The viewer has let it pass.
  var isAllowed = false
  /// It waits for the viewer's answer.
  var asks = false
  var parkReason: UInt8 = 0
  /// Whether a value was given to it, or taken from it; false: the channel was closed.
  var isGiven = false
  var operation = TaskOperation.begin
  var fiber: UInt32 = 0
  var name: UInt32 = 0
  var object: UInt32 = 0
  var sequence: UInt32 = 0
  /// The next in line, as slot + 1.
  var next: UInt32 = 0
  /// The process of the task that makes it; 0 for the first task.
  var maker: Int32 = 0
  /// The process and the kernel thread; 0 while nobody knows.
  var process: Int32 = 0
  var thread: Int32 = 0
  var value = 0
  /// Its own virtual time is real time less this.
  var offset: UInt64 = 0
  /// Its own virtual time, while it stands still: at the gate, or parked.
  var stillTime: UInt64 = 0
  /// When a sleep is over, in virtual time.
  var deadline: UInt64 = 0
}

/// Tasks that wait for an object, the first in line first: slots + 1.
struct TaskLine {
  var first: UInt32 = 0
  var last: UInt32 = 0
  var count: UInt32 = 0
}

struct ChannelRecord {
  var id: UInt32
  var sequence: UInt32
  var isClosed: Bool
  var capacity: Int
  var firstValue: Int
  var head: Int
  var count: Int
  var senders: TaskLine
  var receivers: TaskLine
}

struct MutexRecord {
  var id: UInt32
  var sequence: UInt32
  /// The fiber that has it, or 0.
  var holder: UInt32
  var line: TaskLine
}

struct GroupRecord {
  var id: UInt32
  var sequence: UInt32
  var count: Int
  var line: TaskLine
}

struct StringRecord {
  var offset: UInt32
  var count: UInt32
}

/// A task whose process ended before its time.
struct CrashRecord {
  /// 0 for one whose task had just ended.
  var fiber: UInt32 = 0
  var name: UInt32 = 0
  var signal: Int32 = 0
  var status: Int32 = 0
  /// It never had one: the process that was to make it ended before.
  var isUnborn = false
}

/// What a task is about to do when it passes the gate.
enum TaskOperation: UInt8 {
  case begin, spawn, yield, sleep, wake, block, comeBack, makeChannel, send, receive, close, lock, unlock
  case count, wait, join, exit

  /// The events that follow in any case, and those that may.
  var events: (certain: [EventKind], possible: [EventKind]) {
    switch self {
    case .begin: ([.fiberStart], [])
    case .spawn: ([.machineStart, .fiberCreate], [])
    case .yield: ([.fiberYield], [])
    case .sleep: ([.timerArm, .fiberPark], [])
    case .wake: ([.fiberReady], [.timerFire])
    case .block: ([.machineSyscallEnter], [])
    case .comeBack: ([.machineSyscallExit], [])
    case .makeChannel: ([.channelMake], [])
    case .send: ([], [.channelSend, .fiberReady, .fiberPark])
    case .receive: ([], [.channelReceive, .fiberReady, .fiberPark])
    case .close: ([.channelClose], [.fiberReady])
    case .lock: ([], [.lockAcquire, .lockWait, .fiberPark])
    case .unlock: ([.lockRelease], [.fiberReady])
    case .count: ([.waitGroupCount], [.fiberReady])
    case .wait, .join: ([], [.fiberPark])
    case .exit: ([.fiberExit, .machineExit], [.fiberReady])
    }
  }
}
