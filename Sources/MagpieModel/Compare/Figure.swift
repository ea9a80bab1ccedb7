public import MagpieTrace

/// A figure by which two runs are compared, at any moment of them.
public enum Figure: String, Sendable, Hashable, CaseIterable {
  /// Virtual nanoseconds since the start.
  case time = "virtual_ns"
  /// Tasks that have ended.
  case done
  /// Tasks that can run and do not.
  case ready
  case running
  /// The two together: where the kernel schedules, who is ready may run already.
  case active
  /// Tasks in blocking calls, or on without a processor.
  case calls = "in_calls"
  /// Tasks that wait for a time, a file, a channel or a lock.
  case waiting
  case switches
  /// From being able to run to running: what half of all waits, and 99 % of them, do not exceed.
  case queueWait = "queue_wait_p50_ns"
  case longQueueWait = "queue_wait_p99_ns"
  /// Steals that got something, and queues that were looked at for it.
  case steals
  case victims = "victims_looked_at"
  case handoffs
  /// How often machines had to wait for the lock of the one queue, and how long in all.
  case lockWaits = "lock_waits"
  case lockWaited = "lock_waited_ns"
  /// Kernel threads that there were at once, at most.
  case threads

  /// What is better, where something is.
  public enum Better: Sendable { case less, more }

  public var better: Better? {
    switch self {
    case .done: .more
    case .time, .switches, .queueWait, .longQueueWait, .victims, .lockWaits, .lockWaited, .threads: .less
    case .ready, .running, .active, .calls, .waiting, .steals, .handoffs: nil
    }
  }

  /// Whether it grows with what has been done: then two runs can be judged by it only where both have done the same.
  public var isTotal: Bool {
    switch self {
    case .time, .switches, .queueWait, .longQueueWait, .steals, .victims, .handoffs, .lockWaits, .lockWaited: true
    case .done, .ready, .running, .active, .calls, .waiting, .threads: false
    }
  }

  /// Whether events tell of it under every one of these eras. Where the kernel schedules they do not tell when a task begins to run.
  public func isTold(under eras: [Era]) -> Bool {
    let haveFibers = eras.allSatisfy(\.hasFibers)
    return switch self {
    case .ready, .running, .switches: haveFibers
    // What is told apart needs no sum.
    case .active: !haveFibers
    default: true
    }
  }

  /// Whether it is a length of time in nanoseconds; else a count.
  public var isDuration: Bool {
    switch self {
    case .time, .queueWait, .longQueueWait, .lockWaited: true
    default: false
    }
  }

  /// - Complexity: O(processors + machines).
  public func value(in state: SchedulerState) -> UInt64 {
    switch self {
    case .time: state.time
    case .done: state.fibersFinished
    case .ready: UInt64(state.readyCount)
    case .running: UInt64(state.runningCount)
    case .active: UInt64(state.readyCount + state.runningCount)
    case .calls: UInt64(state.callCount)
    case .waiting: UInt64(max(state.liveFiberCount - state.readyCount - state.runningCount - state.callCount, 0))
    case .switches: state.statistics.switches
    case .queueWait: state.statistics.queueWait.p50
    case .longQueueWait: state.statistics.queueWait.p99
    case .steals: state.statistics.stealsSucceeded
    case .victims: state.statistics.victims
    case .handoffs: state.statistics.handoffs
    case .lockWaits: state.machines.reduce(0) { $0 + UInt64($1.lockWaits) }
    case .lockWaited: state.machines.reduce(0) { $0 + $1.lockWaitedNanoseconds }
    // A number is used again once its machine has ended.
    case .threads: state.machines.reduce(0) { $0 + ($1.exists ? 1 : 0) }
    }
  }
}

extension SchedulerState {
  /// Fibers that can run and do not: in queues, and in the hands of machines.
  fileprivate var readyCount: Int {
    machines.reduce(queuedCount) { $0 + ($1.exists ? Int($1.hands.count &+ $1.overflow.count) : 0) }
  }

  fileprivate var runningCount: Int {
    machines.reduce(0) { $0 + ($1.exists && $1.activity == .active && $1.fiber != Event.noFiber ? 1 : 0) }
  }

  fileprivate var callCount: Int {
    machines.reduce(0) { $0 + ($1.exists && ($1.activity == .blocked || $1.activity == .detached) ? 1 : 0) }
  }
}
