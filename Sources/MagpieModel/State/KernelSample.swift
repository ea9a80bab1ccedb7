import MagpieTrace

/// What the kernel's own accounting said of a thread or process, by a look now and then.
public struct KernelSample: Sendable, Hashable {
  /// Virtual nanoseconds of the look.
  public var time: UInt64
  /// The state's letter in /proc/…/stat: R S D T.
  public var letter: UInt8
  public var voluntary: UInt32
  public var involuntary: UInt32
  public var cpuMicroseconds: UInt32
}

extension SchedulerState {
  /// - Parameter event: a `kernelSample`.
  mutating func sample(_ event: Event) {
    let target = Int(truncatingIfNeeded: event.a)
    guard machines.indices.contains(target), machines[target].exists else { return }
    machines[target].sample = KernelSample(
      time: event.time, letter: event.detail, voluntary: event.b, involuntary: event.c, cpuMicroseconds: event.d)
  }
}
