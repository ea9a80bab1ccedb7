/// A scheduler of the history from one task at a time to M:P:N, each made because the last one hurt. Here because a trace means
/// something else under each: which queues there are, who has them, and which rules the audit holds.
public enum Era: String, CaseIterable, Sendable {
  /// One task at a time, to its end, on one thread, in order of arrival.
  case serial
  /// A kernel process a task.
  case processes
  /// A kernel thread a task (1:1).
  case threads
  /// Fibers on one thread (N:1).
  case nto1
  /// M:N with one queue behind one lock.
  case global
  /// M:N with a queue a thread, and stealing over all threads, the blocked ones too.
  case distributed
  /// Go's: queues belong to the few Ps (M:P:N).
  case mpn

  /// Whether the runtime runs it, with fibers; else the kernel schedules the tasks.
  @inlinable public var hasFibers: Bool { self != .processes && self != .threads }
  /// Whether all runs on one kernel thread.
  @inlinable public var isOneThread: Bool { self == .serial || self == .nto1 }
  /// Whether it matters how many may run at once: elsewhere that is one, or the kernel's affair.
  @inlinable public var hasProcessorCount: Bool { self == .global || self == .distributed || self == .mpn }
  /// Whether all that can run stands in one queue.
  @inlinable public var hasOneQueue: Bool { isOneThread || self == .global }
}
