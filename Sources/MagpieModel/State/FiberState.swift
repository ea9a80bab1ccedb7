public import MagpieTrace

/// One live fiber (G) as a reader sees it: a copy, made on demand.
public struct FiberState: Sendable, Hashable {
  /// Where the fiber is: always in exactly one place.
  public enum Place: Sendable, Hashable {
    /// In the ring of a processor.
    case queued(processor: UInt16)
    case runNext(processor: UInt16)
    case global
    /// Taken out of one place by a machine and not yet put into the next.
    case hands(machine: UInt16)
    case running(machine: UInt16, processor: UInt16)
    /// In a blocking call on a machine.
    case blocked(machine: UInt16)
    /// Runs on a machine without a processor, which was taken because it did not call the runtime.
    case detached(machine: UInt16)
    /// Waits. `object` is the sync object, or 0; `reason` is nil when the event named none that exists.
    case parked(reason: ParkReason?, object: UInt32)
    /// Only after a loss: nothing has been seen of it yet but its number.
    case unknown
  }

  public var id: UInt32
  /// String id, or 0.
  public var name: UInt32
  /// The fiber that created it, or 0.
  public var parent: UInt32
  public var place: Place
  /// The kernel thread or process that is its own, in eras in which each has one.
  public var machine: UInt16?
  /// When it came to `place`, in virtual nanoseconds.
  public var since: UInt64
  /// When it was last made runnable (created, readied, or stopped to let others run), in virtual nanoseconds.
  public var runnableSince: UInt64
  /// The fiber that last woke it, or 0, and why it was woken (nil: never).
  public var wokenBy: UInt32
  public var wakeCause: ReadyCause?
  /// Its timer, in virtual nanoseconds, if one is armed.
  public var deadline: UInt64?
  /// How often it was started, and virtual nanoseconds that it has run (a slice counts when it ends).
  public var starts: UInt32
  public var ranNanoseconds: UInt64
  /// Its own sequence number, raised by each park.
  public var sequence: UInt32
}

/// A timer that is armed for a fiber.
public struct TimerState: Sendable, Hashable {
  public var fiber: UInt32
  /// Virtual nanoseconds.
  public var deadline: UInt64
  /// The processor on whose heap it is, or `Event.noProcessor`.
  public var processor: UInt16
}
