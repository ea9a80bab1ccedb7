import Magpie

// Fibers that switch, wait for a lock, or for a time.
extension Workload {
  /// One fiber yields, nothing else runnable.
  static let yielding = Workload(name: "yield", operations: 5_000_000) { operations in
    for _ in 0..<operations { yield() }
    return .done
  }

  private static let contenders = 100

  /// A number that a mutex guards.
  private final class Guarded: Sendable {
    let mutex = Mutex()
    nonisolated(unsafe) var count = 0
  }

  /// A hundred fibers, one lock.
  static let mutex = Workload(name: "mutex", operations: 2_000_000, spawned: { _ in contenders }) { operations in
    let guarded = Guarded()
    let group = WaitGroup()
    for _ in 0..<contenders {
      group.add()
      spawn {
        for _ in 0..<operations / contenders {
          guarded.mutex.lock()
          guarded.count += 1
          guarded.mutex.unlock()
        }
        group.done()
      }
    }
    group.wait()
    return .expect(operations / contenders * contenders, guarded.count)
  }

  /// Sleepers of 1 to 10 ms, all at once.
  static let timers = Workload(name: "timers", operations: 100_000, spawned: { $0 }) { operations in
    let group = WaitGroup()
    for index in 0..<operations {
      group.add()
      spawn {
        sleep(for: .milliseconds(1 + index % 10))
        group.done()
      }
    }
    group.wait()
    return .done
  }
}
