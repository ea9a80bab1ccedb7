public import MagpieModel

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
  /// Run at 1/N of real time.
  case tempo(Int)
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

/// What is known about the program beside its events.
public struct ProgramFacts: Sendable, Hashable {
  public var scenario = ""
  /// The scheduler's name on the screen, such as `M:P:N`.
  public var era = "M:P:N"
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
  /// By machine id; what is not listed needs no note.
  public var notes: [UInt16: MachineNote] = [:]
  /// Whether fibers wait that nothing can wake.
  public var isDeadlocked = false
  /// What the program has to say at its end, line by line: the deadlock report, a failed check.
  public var lastWords: [String] = []

  public init() {}
}

/// What the kernel sees of the process: threads and switches, and nothing of fibers.
public struct KernelFacts: Sendable, Hashable {
  public var threads = 0
  public var voluntary: UInt64 = 0
  public var involuntary: UInt64 = 0

  public init(threads: Int = 0, voluntary: UInt64 = 0, involuntary: UInt64 = 0) {
    self.threads = threads
    self.voluntary = voluntary
    self.involuntary = involuntary
  }
}
