private import CKernel
private import Glibc
package import MagpieTrace

/// How a runtime is built.
public struct Configuration: Sendable {
  /// The number of processors, 1...256: how many fibers run at once. By default the CPUs that this process may use.
  public var processors: Int
  /// The seed of every random choice (the order of stealing), and of the order of machines under `simulated`.
  public var seed: UInt64 = 1
  /// Bytes of address space for a fiber's stack; touched pages alone cost memory. At least 16 KiB.
  public var stackSize = 128 * 1024
  /// Kernel threads that there may be at once, sysmon's included, 2...65,000; as many fibers, less those that run, can be in
  /// blocking calls (Go's `SetMaxThreads`). A run that wants more ends with `RuntimeError.limit`.
  public var maximumMachines = 10_000
  /// Records what happens, for whoever watches. Nil: nothing is recorded, and a fiber pays one predicted branch.
  public var trace: TraceConfiguration?
  /// Runs the machines one at a time in an order drawn from the seed, on a clock that jumps: the same seed, the same run.
  public var isSimulated = false
  /// Makes a simulated run keep to real time at its tempo, for people to watch; else it runs as fast as it can.
  public var isPaced = false
  /// Makes a simulated run suffer what a kernel may do at any time: see `Disturbances`.
  public var isDisturbed = false
  /// Says on standard error when a fiber blocks its kernel thread for over a second outside `blocking`: on a thread's lock, on a
  /// semaphore, in a read. By default in debug builds, and where the environment has MAGPIE_CHECKS=1; not where it has 0.
  public var warnsOfBlocking = Configuration.checksByDefault
  /// What is done with a warning, a line; called by sysmon.
  package var onWarning: @Sendable (String) -> Void = { line in
    var line = line
    line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }
  /// The scheduler of the history that it is to be.
  package var era = Era.mpn
  /// A fault planted by a test to prove that it is found.
  package var fault: Fault?
  /// Delays planted by tests between an operation, its stamp and its record.
  package var traceDelays = false
  /// After so many passages a simulated run counts as one that never ends.
  package var passageLimit = 20_000_000

  public init(processors: Int? = nil) {
    self.processors = processors ?? Configuration.availableProcessors
  }

  /// The CPUs that this process may use: its affinity, limited by its cgroup's quota.
  public static var availableProcessors: Int { min(Int(ck_available_cpus()), maxProcessors) }

  private static var checksByDefault: Bool {
    if let wish = getenv("MAGPIE_CHECKS") { return wish[0] != UInt8(ascii: "0") }
    #if DEBUG
      return true
    #else
      return false
    #endif
  }

  public static let maxProcessors = 256
  static let maxMachines = 65_000
  /// Machines with a queue of their own, sysmon counted, that there may be under the era of that name.
  static let maxQueues = 2_048
}

/// How a runtime is recorded.
public struct TraceConfiguration: Sendable {
  /// Events in each machine's ring; a power of two.
  public var ringCapacity = 16_384
  /// Whether machines wait for the reader rather than overwrite what it has not read.
  public var isLossless = true
  /// Whether recording begins with the run; else with `Runtime.startTracing`.
  public var startsAtOnce = true

  public init() {}
}
