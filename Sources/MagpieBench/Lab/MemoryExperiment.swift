import CKernel
import Glibc
import Magpie
import MagpieTrace
import MagpieView

/// What a task that waits takes of the memory: a process, a thread, a fiber.
///
/// Of a process, what it has of its own: it shares the rest with its parent. Of threads and fibers, what their process has more than
/// before the first of them, shared out: the first fiber pays for the runtime's threads and for the stacks that are reserved with its
/// own. What the kernel keeps for itself, such as a thread's stack in it, is in none.
enum MemoryExperiment: LabExperiment {
  static let claim = LabClaim.memory

  static func cases(isSmall: Bool) -> [LabCase] {
    let counts: [(Era, [Int])] =
      isSmall
      ? [(.processes, [1, 20]), (.threads, [1, 20]), (.mpn, [1, 100])]
      : [
        (.processes, [1, 100, 10_000]), (.threads, [1, 100, 10_000]), (.mpn, [1, 100, 10_000, 1_000_000]),
      ]
    return counts.flatMap { era, counts in
      counts.map { count in
        LabCase(
          words: [era.rawValue, "\(count)"],
          rows: ["reserved", "resident", "page-tables"].map { LabSubject(era, $0, at: count, .bytes) },
          // Seconds and gigabytes, for what varies by a percent.
          atMost: count > 1000 ? 1 : .max)
      }
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    // Of as many as could be made.
    func bytes(_ era: Era, _ what: String) -> Double? {
      rows.rows.filter { $0.subject.era == era && $0.subject.what == what && $0.subject.at <= 10_000 }
        .compactMap(\.sample?.median).last
    }
    return [
      LabFinding(.threadReserves, bytes(.threads, "reserved"), .atLeast(1_000_000), .bytes),
      LabFinding(.threadUses, bytes(.threads, "resident"), .atLeast(1_000_000), .bytes),
      LabFinding(.fiberUses, bytes(.mpn, "resident"), .atMost(10_000), .bytes),
    ]
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let era = try words.era(0), count = try words.number(1)
    // Whether the C library gives a thread a heap of its own, 64 MB of address space, is chance.
    ck_share_heap()
    switch era {
    case .processes: return try processes(count).values
    case .threads: return try threads(count).values
    default: return try fibers(count).values
    }
  }

  /// Bytes of address space, of memory in use, and of the tables that say where it is.
  struct Use {
    var reserved = 0.0, resident = 0.0, tables = 0.0
    var values: [Double] { [reserved, resident, tables] }

    static func - (left: Use, right: Use) -> Use {
      Use(
        reserved: left.reserved - right.reserved, resident: left.resident - right.resident,
        tables: left.tables - right.tables)
    }
    static func / (use: Use, count: Int) -> Use {
      let count = Double(count)
      return Use(reserved: use.reserved / count, resident: use.resident / count, tables: use.tables / count)
    }
  }

  // MARK: Processes

  private static func processes(_ count: Int) throws(LabObstacle) -> Use {
    var children: [ChildProcess] = []
    defer {
      for child in children { child.kill() }
      for child in children { child.reap() }
    }
    while children.count < count {
      if children.count % 100 == 0 { try ProcessFacts.leaveRoom(made: children.count, of: count) }
      do throws(LabObstacle) {
        children.append(try ChildProcess { while true { pause() } })
      } catch {
        throw error.after(children.count, of: count)
      }
    }
    // Some of many: they are all alike.
    let asked = stride(from: 0, to: count, by: max(count / 32, 1)).map { children[$0] }
    var use = Use()
    for child in asked {
      guard let facts = ProcessFacts(of: "\(child.id)") else { throw .failed(.noFacts) }
      use.reserved += facts.reserved
      use.resident += facts.own
      use.tables += facts.tables
    }
    return use / asked.count
  }

  // MARK: Threads

  private static func threads(_ count: Int) throws(LabObstacle) -> Use {
    let words = try SharedWords(2, isBetweenProcesses: false)
    let before = try ofThisProcess()
    var threads: [PlainThread] = []
    threads.reserveCapacity(count)
    defer {
      words.store(1, 1)
      words.wake(1)
      for thread in threads { thread.join() }
    }
    while threads.count < count {
      if threads.count % 100 == 0 { try ProcessFacts.leaveRoom(made: threads.count, of: count) }
      do throws(LabObstacle) {
        threads.append(
          try PlainThread {
            if words.add(0) == UInt32(count) { words.wake(0) }
            words.wait(1, until: 1)
          })
      } catch {
        throw error.after(threads.count, of: count)
      }
    }
    words.wait(0, until: UInt32(count))
    return try (ofThisProcess() - before) / count
  }

  // MARK: Fibers

  private static func fibers(_ count: Int) throws(LabObstacle) -> Use {
    // A page and its tables, and the runtime's own words, with some room.
    try ProcessFacts.leaveRoom(made: 0, of: count, bytes: count * 5200)
    // Its tables have room for all fibers that there may ever be.
    let runtime = Runtime(Configuration(processors: 1))
    let before = try ofThisProcess()
    let uses = Collected<Use>()
    do {
      try runtime.run {
        let gate = Channel<Void>()
        let ready = WaitGroup()
        ready.add(count)
        for _ in 0..<count {
          spawn {
            ready.done()
            _ = gate.receive()
          }
        }
        ready.wait()
        if let use = try? ofThisProcess() { uses.add(use) }
        gate.close()
      }
    } catch {
      throw .refused(made: 0, of: count, why: LabFailure(error))
    }
    guard let after = uses.values.first else { throw .failed(.nothingRan) }
    return (after - before) / count
  }

  private static func ofThisProcess() throws(LabObstacle) -> Use {
    guard let facts = ProcessFacts(of: "self") else { throw .failed(.noFacts) }
    return Use(reserved: facts.reserved, resident: facts.resident, tables: facts.tables)
  }
}
