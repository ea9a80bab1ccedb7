public import MagpieTrace

/// What the events add up to at one moment: every processor, queue, machine and fiber, exactly.
///
/// A value: a copy is a moment that stays. `apply` takes any event in any state, never traps, never allocates on the
/// usual path, and checks each event against the scheduler's rules on the way (`findings`). All of it lives in flat
/// arrays of plain words, so that a copy is a few reference counts, and an event touches a few cache lines.
///
/// A run begins with all numbers (slots, versions, sequences) at 0, all processors idle and nothing else; or with
/// whatever a `Snapshot` says.
public struct SchedulerState: Sendable, Equatable {
  /// Slots of a local queue.
  public static let queueCapacity = 256
  /// More processors than these are not followed.
  public static let maximumProcessors = 2048
  /// Slots that a ring begins with where there is one a machine.
  static let smallestRing = 16
  /// Sync objects beyond these replace older ones.
  static let maximumObjects = 1 << 16
  /// Findings that are kept; all are counted.
  static let maximumFindings = 256

  /// The scheduler whose events these are: its rules hold.
  public let era: Era
  /// Virtual nanoseconds of the last event; never goes back.
  public internal(set) var time: UInt64 = 0
  /// Events ever applied, control events not counted.
  public internal(set) var eventCount = 0
  /// False from a loss until the next snapshot: what is shown may be wrong, and the audit is silent.
  public internal(set) var isExact = true
  /// Events that were lost, as announced.
  public internal(set) var lostEvents: UInt64 = 0
  /// Virtual nanoseconds of what the last event brought to an end: a wait in a queue, a run, or a blocking call; else 0.
  var lastDuration: UInt64 = 0
  var lastEventWords = Event(word0: 0, word1: 0, word2: 0, word3: 0)

  var processors: [ProcessorRecord]
  /// How many there should be: those beyond retire.
  public internal(set) var wantedProcessorCount: Int
  /// The fewest that there should ever have been.
  var leastProcessorCount: Int
  /// The local rings: slot `n` of a processor at `slotBase + n & slotMask`.
  var slots: [UInt32]
  /// The distributed era's right to run fibers, which is no processor's.
  var permits = PermitRecord()
  var machines: [MachineRecord] = []

  /// The global queue: index `n` at `n & (global.count - 1)`.
  var global: [UInt32]
  var globalHead: UInt32 = 0
  var globalTail: UInt32 = 0
  var idleSequence: UInt32 = 0

  let fiberLimit: Int
  var fibers: [FiberRecord] = []
  var fiberTable = IdentityTable(capacity: 512)
  /// First of the free slots in `fibers`.
  var freeFiber = noIndex
  public internal(set) var fibersCreated: UInt64 = 0
  public internal(set) var fibersFinished: UInt64 = 0

  /// Indices into `fibers` of those whose timer is armed.
  var timers: [UInt32] = []

  var objects: [ObjectRecord] = []
  var objectTable = IdentityTable(capacity: 64)
  var nextEviction = 0

  /// Spinning machines.
  public internal(set) var spinningCount = 0
  /// Fibers that wait in the network poller.
  public internal(set) var pollerWaiterCount = 0
  /// Machines that are neither asleep, nor in a blocking call, nor ended; sysmon is not counted.
  var awakeCount = 0
  public internal(set) var sysmon = SysmonState()
  /// Under serial: the fiber that has begun and not ended.
  var begun = Event.noFiber
  /// Fibers that wait for ever, once the runtime has said so.
  public internal(set) var deadlockedFibers: UInt32?
  public internal(set) var statistics: Statistics

  var suspicion = Suspicion()
  public internal(set) var findingCount = 0
  /// The first findings, at most 256.
  public internal(set) var findings: [Finding] = []

  /// - Parameters:
  ///   - processors: how many there are, 1...2048; under the distributed era permits, and a processor for each machine.
  ///   - era: the scheduler whose events they are.
  ///   - fiberLimit: live fibers beyond these are not followed, and say so in a finding.
  public init(processors count: Int, era: Era = .mpn, fiberLimit: Int = 1 << 22) {
    self.era = era
    let count = min(max(count, 1), Self.maximumProcessors)
    wantedProcessorCount = count
    leastProcessorCount = count
    processors = []
    slots = []
    global = [UInt32](repeating: 0, count: 256)
    statistics = Statistics(processors: 0)
    self.fiberLimit = min(max(fiberLimit, 1), 1 << 26)
    permits.existing = count
    addProcessors(upTo: era == .distributed ? 1 : count, .idle)
  }

  /// Makes records, statistics and slots of processors that are seen for the first time. Where there are many, mostly of short queues,
  /// a ring begins small, and grows (`growRing`).
  mutating func addProcessors(upTo count: Int, _ status: ProcessorState.Status) {
    guard count > processors.count else { return }
    let size = era == .distributed ? Self.smallestRing : Self.queueCapacity
    slots.reserveCapacity(slots.count + (count - processors.count) * size)
    while processors.count < count {
      var record = ProcessorRecord()
      record.status = status
      record.since = time
      record.slotBase = UInt32(truncatingIfNeeded: slots.count)
      record.slotMask = UInt32(size - 1)
      processors.append(record)
      slots.append(contentsOf: repeatElement(Event.noFiber, count: size))
    }
    statistics.resize(processors: count)
  }
}

extension SchedulerState {
  /// About how much memory a copy takes once both go on.
  var bytes: Int {
    processors.count * MemoryLayout<ProcessorRecord>.stride + (slots.count + global.count + timers.count) * 4
      + machines.count * MemoryLayout<MachineRecord>.stride + fibers.count * MemoryLayout<FiberRecord>.stride
      + objects.count * MemoryLayout<ObjectRecord>.stride + fiberTable.bytes + objectTable.bytes + statistics.bytes
      + findings.count * MemoryLayout<Finding>.stride
  }
}
