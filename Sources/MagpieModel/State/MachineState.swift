/// One machine (M, a kernel thread) as a reader sees it: a copy, made on demand.
public struct MachineState: Sendable, Hashable {
  public enum Activity: Sendable, Hashable {
    /// Runs `fiber`.
    case running
    /// Awake and runs nothing: looks for work, or is between two operations.
    case searching
    /// Looks for work in other processors' queues, counted in the spinning number.
    case spinning
    /// Sleeps on the idle list.
    case idle
    /// Sleeps until a virtual time in nanoseconds, for the timers.
    case timerWait(until: UInt64)
    /// Sleeps until the fiber can run that is locked to it.
    case lockedWait
    /// In a blocking call. `what` is a string id, 0 if unknown.
    case blocked(what: UInt32, since: UInt64)
    /// Its fiber runs on without a processor, which was taken because it did not call the runtime.
    case detached(since: UInt64)
    /// The monitor, which never holds a processor.
    case sysmon
    case ended
  }

  public var id: UInt16
  public var activity: Activity
  /// The processor that it holds (in a blocking call: still holds).
  public var processor: UInt16?
  /// The fiber that it runs, or whose blocking call it makes.
  public var fiber: UInt32?
  /// Fibers in its hands: taken out of one place and not yet put into the next.
  public var handsCount: Int
  /// When `activity` last changed, in virtual nanoseconds.
  public var since: UInt64
  /// What the kernel said of it last, in eras in which it is asked.
  public var sample: KernelSample?
}
