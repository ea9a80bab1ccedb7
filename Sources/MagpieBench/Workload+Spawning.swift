import CKernel
import Glibc
import Magpie

// Fibers that come, and go soon.
extension Workload {
  /// Spawn a fiber that sends, receive; one at a time.
  static let spawnOne = Workload(name: "spawn-one", operations: 500_000, spawned: { $0 }) { operations in
    let done = Channel<Void>()
    for _ in 0..<operations {
      spawn { done.send(()) }
      _ = done.receive()
    }
    return .done
  }

  /// A thousand fibers that each count down a wait group; wait; again.
  static let spawnBatch = Workload(name: "spawn-batch", operations: 1_000_000, spawned: { $0 }) { operations in
    var left = operations
    while left > 0 {
      let count = min(left, 1000)
      let group = WaitGroup()
      group.add(count)
      for _ in 0..<count { spawn { group.done() } }
      group.wait()
      left -= count
    }
    return .done
  }

  /// Many fibers that all wait on one channel: the memory that each takes.
  static let parked = Workload(name: "parked", operations: 1_000_000, spawned: { $0 }) { operations in
    let before = residentBytes()
    let gate = Channel<Void>()
    let ready = WaitGroup()
    ready.add(operations)
    for _ in 0..<operations {
      spawn {
        ready.done()
        _ = gate.receive()
      }
    }
    ready.wait()
    let after = residentBytes()
    gate.close()
    return .bytes((after - before) / operations)
  }

  /// What the process has in memory.
  private static func residentBytes() -> Int {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { _ = close(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = read(file, &bytes, bytes.count)
    let words = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * ck_page_size() : 0
  }
}
