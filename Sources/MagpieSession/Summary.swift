public import Magpie
public import MagpieEras
public import MagpieScenarios
public import MagpieTrace

/// What a headless run has to say at its end. All times but `wallNanoseconds` are virtual.
public struct Summary: Sendable, Equatable {
  public struct Fibers: Sendable, Equatable {
    public var created = 0
    public var finished = 0
    /// `created` less `finished`.
    public var live: Int { created - finished }
    public init() {}
  }

  public struct Events: Sendable, Equatable {
    /// All that were emitted, the lost ones included.
    public var total = 0
    public var lost = 0
    /// Those that were seen; they add up to `total` less `lost`. Control events are no events.
    public var byKind: [EventKind: Int] = [:]
    public init() {}
  }

  /// A stretch of one machine's events that is missing.
  public struct Loss: Sendable, Equatable {
    public var machine: Int
    public var fromNanoseconds: UInt64
    public var toNanoseconds: UInt64
    public var events: Int
    public init(machine: Int, fromNanoseconds: UInt64, toNanoseconds: UInt64, events: Int) {
      self.machine = machine
      self.fromNanoseconds = fromNanoseconds
      self.toNanoseconds = toNanoseconds
      self.events = events
    }
  }

  public struct Steals: Sendable, Equatable {
    /// One attempt is one search's stealing, up to four rounds.
    public var attempts = 0
    public var succeeded = 0
    /// Fibers taken, those from a runnext included.
    public var fibers = 0
    public init() {}
  }

  public struct QueueWait: Sendable, Equatable {
    public var p50: UInt64 = 0
    public var p99: UInt64 = 0
    public var max: UInt64 = 0
    public init() {}
  }

  public struct Kernel: Sendable, Equatable {
    /// The most alive at once, magpie's own included.
    public var processes = 0
    public var threads = 0
    /// Context switches in all.
    public var voluntary = 0
    public var involuntary = 0
    public init() {}
  }

  /// How often the lock of the one queue was taken; 0 in eras without one.
  public struct Lock: Sendable, Equatable {
    public var takings = 0
    /// Those that had to wait, and how long, in real time.
    public var contended = 0
    public var waitedNanoseconds: UInt64 = 0
    public var longestNanoseconds: UInt64 = 0
    public init() {}
  }

  public struct Processor: Sendable, Equatable {
    public var id: Int
    /// Starts of fibers.
    public var ran = 0
    public var busyNanoseconds: UInt64 = 0
    /// Fibers that it stole, and that others stole from it.
    public var stole = 0
    public var stolenFrom = 0
    public init(id: Int) { self.id = id }
  }

  public struct Audit: Sendable, Equatable {
    public var eventsChecked = 0
    public var findings = 0
    /// The first finding.
    public var first: Defect?
    public init() {}
  }

  public var scenario: String
  /// The scheduler of the history that ran it.
  public var era = Era.mpn
  public var processorCount = 0
  public var seed: UInt64 = 0
  /// The run came to its end; false when it was stopped before.
  public var isComplete = false
  public var wallNanoseconds: UInt64 = 0
  public var virtualNanoseconds: UInt64 = 0
  public var traceHash: UInt64 = 0
  public var fibers = Fibers()
  public var events = Events()
  public var losses: [Loss] = []
  public var searches = 0
  public var steals = Steals()
  /// Processors given away or retaken round blocking calls.
  public var handoffs = 0
  /// All machines ever created, sysmon included.
  public var machines = 0
  public var queueWait = QueueWait()
  public var kernel = Kernel()
  public var processors: [Processor] = []
  public var audit = Audit()
  /// Who waits on what, when nothing can ever run again.
  public var deadlock: [DeadlockReport.Waiter] = []
  public var lock = Lock()
  /// The scenario's own check, from its own counters.
  public var result = ScenarioResult(ok: false)
  /// What went wrong outside the scenario.
  public var troubles: [TaskTrouble] = []

  public init(scenario: String) { self.scenario = scenario }

  /// Whether all is well: no finding, no deadlock, no trouble, and the scenario's check holds.
  public var isFine: Bool { audit.findings == 0 && deadlock.isEmpty && result.ok && troubles.isEmpty }

  /// What the command exits with.
  public var exitStatus: Int32 { isFine ? 0 : 1 }
}
