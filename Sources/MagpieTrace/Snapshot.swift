/// Everything that the model knows, read from the runtime while every machine stood still: the start of a generation.
///
/// A reader that joins late or lost events replaces its state by this and is exact again.
public struct Snapshot: Sendable, Equatable {
  public struct Processor: Sendable, Equatable {
    /// Who has it.
    public enum Holder: Sendable, Equatable {
      case idle
      /// Held by a machine that runs, spins or is between two operations.
      case machine(UInt16)
      /// Held by a machine in a blocking call; sysmon may take it.
      case blocked(UInt16)
      /// Given to a machine that has not taken it up yet.
      case given(UInt16)
      /// There are to be fewer.
      case retired
    }
    public var holder = Holder.idle
    public var version: UInt32 = 0
    public var runNext: UInt32 = Event.noFiber
    public var runNextVersion: UInt32 = 0
    /// The number of the first occupied slot.
    public var head: UInt32 = 0
    /// The fibers in the ring, in order; the tail is `head + count`.
    public var queue: [UInt32] = []
    public init() {}
  }

  public struct Machine: Sendable, Equatable {
    public enum Activity: Sendable, Equatable {
      /// Between operations, or at the gate: with a processor it runs or looks for work.
      case active
      case spinning
      /// On the idle list.
      case idle
      /// Sleeps until a virtual time, for the timers.
      case timer(until: UInt64)
      case blocked
      /// Its fiber runs on without a processor, which was taken because it did not call the runtime.
      case detached
      /// Asleep until the fiber can run that is locked to it.
      case locked
      /// The monitor, which never holds a processor.
      case sysmon
      case ended
    }
    public var id: UInt16
    public var activity = Activity.active
    public var processor: UInt16 = Event.noProcessor
    /// The fiber that it runs, or whose blocking call it makes.
    public var fiber: UInt32 = Event.noFiber
    /// Fibers that have left one place and not reached the next (a machine that stands at the gate in the middle).
    public var hands: [UInt32] = []
    public init(id: UInt16) { self.id = id }
  }

  public struct Fiber: Sendable, Equatable {
    public enum Place: Sendable, Equatable {
      case runnable
      case running
      case blocked
      case detached
      case parked(ParkReason, object: UInt32)
    }
    public var id: UInt32
    public var name: UInt32 = 0
    public var parent: UInt32 = 0
    public var place = Place.runnable
    public var sequence: UInt32 = 0
    /// Virtual deadline, if its timer is armed, and the processor whose heap holds it.
    public var deadline: UInt64?
    public var timerProcessor: UInt16 = Event.noProcessor
    public init(id: UInt32) { self.id = id }
  }

  public struct Object: Sendable, Equatable {
    public enum Kind: UInt8, Sendable { case channel, lock, waitGroup, semaphore, condition, readWriteLock }
    public var id: UInt32
    public var kind: Kind
    public var sequence: UInt32
    /// Values in a channel's buffer, a wait group's count, free permits of a semaphore, waiters of a condition, 1 for a held
    /// lock; of a read-write lock its readers, or `writer`.
    public var occupancy: UInt32
    public var capacity: UInt32
    /// The occupancy of a read-write lock that a writer holds.
    public static var writer: UInt32 { .max }
    public init(id: UInt32, kind: Kind, sequence: UInt32, occupancy: UInt32, capacity: UInt32) {
      self.id = id
      self.kind = kind
      self.sequence = sequence
      self.occupancy = occupancy
      self.capacity = capacity
    }
  }

  public var generation: UInt32 = 0
  public var time: UInt64 = 0
  /// All that were ever made, those that have retired included.
  public var processors: [Processor] = []
  /// How many there should be.
  public var wantedProcessorCount = 0
  /// Under the distributed era, how many machines may run fibers at once, and how many more could.
  public var permitCount = 0
  public var freePermitCount = 0
  public var globalHead: UInt32 = 0
  public var global: [UInt32] = []
  /// The sequence number of the idle lists, raised by each step on them.
  public var idleSequence: UInt32 = 0
  public var machines: [Machine] = []
  public var fibers: [Fiber] = []
  public var objects: [Object] = []
  public var fibersCreated: UInt64 = 0
  public var fibersFinished: UInt64 = 0
  /// For each machine, the number of events that it had emitted: the snapshot contains exactly these.
  public var cursors: [UInt64] = []

  public init() {}
}
