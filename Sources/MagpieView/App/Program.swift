public import MagpieModel
public import MagpieTrace

/// The program that is watched, as the screen needs it: live, from a recording, or made up by a test.
public protocol Program: AnyObject {
  /// What is so now. Asked once a frame.
  var facts: ProgramFacts { get }
  /// Lends the history; nobody else changes it meanwhile.
  func withHistory<Result>(_ body: (inout History) -> Result) -> Result
  func perform(_ command: ProgramCommand)
}

/// What the viewer asks of the program.
public enum ProgramCommand: Sendable, Hashable {
  case hold
  case release
  /// Let one operation pass. Sent only to a program that is held.
  case step
  /// Let one operation of a machine pass, or go on until a fiber's next has passed.
  case stepMachine(UInt16)
  case stepFiber(UInt32)
  /// Go on, and be held before the next event that is asked for.
  case runUntil(Filter)
  /// Be held before each event that is asked for; nil: no more.
  case breakpoint(Filter?)
  /// Freeze or thaw. A frozen fiber is parked before its next operation, a frozen machine stands at its gate; the others go on.
  case freezeFiber(UInt32, Bool)
  case freezeMachine(UInt16, Bool)
  /// End a fiber's sleep, or thaw it.
  case wake(UInt32)
  /// Have so many processors from now on.
  case processors(Int)
  /// Give the next round of the scenario twice the work, or half.
  case load(isMore: Bool)
  /// Begin again with the same seed.
  case restart
  /// Run at 1/N of real time.
  case tempo(Int)
  /// Of two runs that are compared, lend the history of the left one (0) or of the right one (1).
  case side(Int)
  /// The viewer is leaving.
  case quit
}

public enum ProgramStatus: UInt8, Sendable, Hashable, CaseIterable {
  case running
  case held
  /// An operation was released and is not recorded yet.
  case stepping
  case ended
}

/// Why a machine does not go on, as the gate and the kernel know it; the trace cannot tell.
public enum MachineNote: Sendable, Hashable {
  /// At the gate, before its next operation.
  case atGate
  case asleepInKernel
  /// Between two operations: user code.
  case computing
  /// Waits for a lock of the runtime.
  case waitsForLock(name: String, heldBy: UInt16?)
}

/// Why something could not be done to a fiber or a machine.
public enum Refusal: Sendable, Hashable {
  /// It waits for a channel, a lock or another fiber: waking it would break its promise.
  case waitsForObject(fiber: UInt32)
  /// It does not wait.
  case isAwake(fiber: UInt32)
  case isNotFrozen
  case noSuchFiber(UInt32)
  case noSuchMachine(UInt16)
  /// The runtime's own, such as sysmon's machine.
  case isTheRuntimes
  /// The scenario has nothing that could be made more or less.
  case hasNoSize
}

/// The operation before which a breakpoint held the program.
public struct StoppedBefore: Sendable, Hashable {
  /// The events of which one is about to happen; several where the outcome is still open.
  public var kinds: [EventKind]
  public var processor: UInt16
  public var machine: UInt16
  /// The fiber that it concerns, or `Event.noFiber`.
  public var fiber: UInt32
  /// Whether it may still turn out otherwise, as a steal may that finds nothing.
  public var isOpen: Bool

  public init(kinds: [EventKind], processor: UInt16, machine: UInt16, fiber: UInt32, isOpen: Bool) {
    self.kinds = kinds
    self.processor = processor
    self.machine = machine
    self.fiber = fiber
    self.isOpen = isOpen
  }
}

/// What is known about the program beside its events.
public struct ProgramFacts: Sendable, Hashable {
  public var scenario = ""
  public var status = ProgramStatus.running
  /// Tempo 1/N.
  public var tempo = 1
  public var processors = 1
  /// The CPUs that the process may use.
  public var cpus = 1
  /// Events a second of real time.
  public var rate = 0.0
  public var lost: UInt64 = 0
  /// How many times slower than unwatched, when known.
  public var slowdown: Double?
  /// The part of all events that is seen, when the viewer skips (`--free`).
  public var seen: Double?
  public var kernel = KernelFacts()
  /// The program's clock, in virtual nanoseconds, where it may be far beyond the last event: where one call stops all that happens. Else 0.
  public var time: UInt64 = 0
  /// By machine id; what is not listed needs no note.
  public var notes: [UInt16: MachineNote] = [:]
  /// Whether fibers wait that nothing can wake.
  public var isDeadlocked = false
  /// Counts the runs: another one has another history.
  public var run = 0
  /// The operation before which a breakpoint held the program, until it goes on.
  public var stoppedBefore: StoppedBefore?
  public var frozenFibers: Set<UInt32> = []
  public var frozenMachines: Set<UInt16> = []
  /// How much more work than at first a round has: 2, 1, ½ as 2, 1, 0.5.
  public var load = 1.0
  /// Why the last command could not be done, if it could not.
  public var refusal: Refusal?
  /// What the program has to say at its end, line by line: a limit that it met, a failed check.
  public var lastWords: LastWords?

  public init() {}
}

/// What a program says at its end, line by line, in each language: the screen may change its own at any time.
public struct LastWords: Sendable, Hashable {
  private let lines: [Language: [String]]

  public init(_ lines: (Language) -> [String]) {
    self.lines = Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, lines($0)) })
  }

  func callAsFunction(_ language: Language) -> [String] { lines[language] ?? [] }
}

/// What the kernel sees of the program, without the threads that watch it: processes, threads and switches, and nothing of fibers.
public struct KernelFacts: Sendable, Hashable {
  public var processes = 1
  public var threads = 0
  public var voluntary: UInt64 = 0
  public var involuntary: UInt64 = 0

  public init(processes: Int = 1, threads: Int = 0, voluntary: UInt64 = 0, involuntary: UInt64 = 0) {
    self.processes = processes
    self.threads = threads
    self.voluntary = voluntary
    self.involuntary = involuntary
  }
}
