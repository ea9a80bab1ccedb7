public import MagpieTrace

/// What is known of sysmon, the monitor thread.
public struct SysmonState: Sendable, Hashable {
  /// A processor that it took from a machine in a blocking call.
  public struct Retake: Sendable, Hashable {
    public var time: UInt64
    public var processor: UInt16
    public var machine: UInt16
    /// How long the machine had been in its call.
    public var microseconds: UInt32
  }

  /// Its machine, once it has shown itself.
  public var machine: UInt16?
  /// Its sleep between two rounds, in microseconds; 0 until it has said.
  public var sleepMicroseconds: UInt32 = 0
  public var lastAct: SysmonAct?
  /// When it last acted, in virtual nanoseconds.
  public var lastActTime: UInt64 = 0
  public var lastRetake: Retake?
}
