import CKernel
import Glibc
import Magpie
import MagpieTrace
import MagpieView
import Synchronization

/// What sharing a cache line takes: an atomic, one queue behind a lock, and a queue of one's own, used by one thread or by two at
/// once, each on a CPU of its own; and what comes of it: how long a fiber that was woken waits to run, and how often it then runs on
/// another thread than before.
enum CoherenceExperiment: LabExperiment {
  static let claim = LabClaim.coherence
  private static let queues = [Era.global, .mpn]

  static func cases(isSmall: Bool) -> [LabCase] {
    let operations = isSmall ? 10_000 : 1_000_000
    func operation(_ era: Era?, _ what: String, _ threads: Int) -> LabCase {
      LabCase(
        words: [what, era?.rawValue ?? "none", "\(threads)", "\(operations)"],
        rows: [LabSubject(era, what, at: threads, .nanoseconds)])
    }
    var cases = [1, 2].map { operation(nil, "atomic", $0) }
    for era in queues { cases += [1, 2].map { operation(era, "queue-operation", $0) } }
    return cases
      + [Era.global, .distributed, .mpn].map { era in
        LabCase(
          words: ["wake", era.rawValue, "2", "\(isSmall ? 50 : 500)"],
          rows: [
            LabSubject(era, "wake-to-run", at: 2, .nanoseconds), LabSubject(era, "migrations", at: 2, .percent),
          ])
      }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    func growth(_ era: Era?, _ what: String) -> Double? {
      LabTable.ratio(rows.value(era, what, at: 2), rows.value(era, what, at: 1))
    }
    return [
      LabFinding(.atomicBounces, growth(nil, "atomic"), .atLeast(2)),
      LabFinding(.sharedQueueBounces, growth(.global, "queue-operation"), .atLeast(2)),
      LabFinding(.ownQueueDoesNot, growth(.mpn, "queue-operation"), .atMost(1.5)),
      LabFinding(
        .globalMigrates,
        LabTable.ratio(rows.value(.global, "migrations", at: 2), rows.value(.mpn, "migrations", at: 2)), .atLeast(2)),
    ]
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let threads = try words.number(2), operations = try words.number(3)
    if threads > 1, ck_available_cpus() < 2 { throw .oneCPU }
    switch (try words.word(0), try words.word(1)) {
    case ("wake", _): return try wakes(try words.era(1), operations)
    case ("atomic", _):
      let shared = SharedNumber()
      return [
        try time(operations, threads) { shared.value.wrappingAdd(1, ordering: .sequentiallyConsistent) }
      ]
    case (_, Era.global.rawValue):
      let queue = QueueProbe.Global()
      return [try time(operations, threads) { queue.exchange() }]
    default:
      let queue = QueueProbe.Local(), other = QueueProbe.Local()
      return [try time(operations, threads, other: { other.exchange() }) { queue.exchange() }]
    }
  }

  private final class SharedNumber: Sendable { let value = Atomic<Int>(0) }

  /// What the second thread tells the first, on a line of its own, and is told.
  private final class Second: @unchecked Sendable {
    let words: SharedWords
    static let rounds = 0, isOver = 1
    /// Operations between two words of it.
    static let round = 20

    init() throws(LabObstacle) { words = try SharedWords(2, isBetweenProcesses: false) }

    func run(_ body: () -> Void) {
      // Before the first one has chosen its CPU: a thread may begin where its parent may be.
      _ = ck_pin_to_cpu(1)
      while words.load(Second.isOver) == 0 {
        for _ in 0..<Second.round { body() }
        words.store(Second.rounds, words.load(Second.rounds) &+ 1)
      }
    }
  }

  /// Nanoseconds that an operation takes one thread: the median of many short bursts, so that one in which the kernel lets others
  /// run does not count; nor does one in which the second thread, if there is one, did less than half as much.
  /// - Parameter other: what the second thread does on a CPU of its own; the same if it is nil.
  private static func time(
    _ operations: Int, _ threads: Int, other: (@Sendable () -> Void)? = nil, _ body: @escaping @Sendable () -> Void
  ) throws(LabObstacle) -> Double {
    let second = try Second()
    let thread = threads < 2 ? nil : try PlainThread { second.run(other ?? body) }
    defer {
      second.words.store(Second.isOver, 1)
      thread?.join()
    }
    while thread != nil, second.words.load(Second.rounds) == 0 { sched_yield() }
    guard ck_pin_to_cpu(0) == 0 else { throw .failed(.cannotStayOnCPU) }
    let burst = 2000
    let wanted = max(operations / burst, 1)
    var times: [Double] = []
    let patience = ck_monotonic_ns() + 10_000_000_000
    while times.count < wanted, ck_monotonic_ns() < patience {
      let rounds = second.words.load(Second.rounds)
      let begin = ck_monotonic_ns()
      for _ in 0..<burst { body() }
      let end = ck_monotonic_ns()
      if thread == nil || Int(second.words.load(Second.rounds) &- rounds) * Second.round > burst / 2 {
        times.append(Double(end - begin) / Double(burst))
      }
    }
    guard let sample = LabSample(times) else { throw .failed(.noSecondCPU) }
    return sample.median
  }

  // MARK: Fibers that are woken

  /// What one fiber saw.
  private struct Woken: Sendable {
    var waits: [UInt64] = []
    var migrations = 0
  }

  /// Pairs of fibers pass the time to each other; each works for a while before, so that no thread ever runs out of them. How long is left
  /// to chance: if all worked alike, they would keep step, each now on the one thread, now on the other, or never.
  private static func wakes(_ era: Era, _ rounds: Int) throws(LabObstacle) -> [Double] {
    let pairs = 8
    let mean = Work(nanoseconds: 20_000).steps
    let work = { @Sendable in Work(steps: .random(in: mean / 2...mean * 3 / 2)).run() }
    let seen = Collected<Woken>()
    do {
      try LabTasks(era: era).runtime(processors: 2).run {
        for _ in 0..<pairs {
          let there = Channel<UInt64>(), back = Channel<UInt64>()
          spawn { seen.add(play(rounds, work, receive: { there.receive() }, send: { back.send($0) })) }
          spawn {
            there.send(ck_monotonic_ns())
            seen.add(play(rounds - 1, work, receive: { back.receive() }, send: { there.send($0) }))
            _ = back.receive()
          }
        }
      }
    } catch {
      throw .failed(LabFailure(error))
    }
    let waits = seen.values.flatMap(\.waits).sorted()
    guard !waits.isEmpty else { throw .failed(.nothingRan) }
    let migrations = seen.values.reduce(0) { $0 + $1.migrations }
    return [Double(waits[waits.count / 2]), Double(migrations) / Double(waits.count) * 100]
  }

  private static func play(
    _ rounds: Int, _ work: () -> Void, receive: () -> UInt64?, send: (UInt64) -> Void
  ) -> Woken {
    var woken = Woken()
    woken.waits.reserveCapacity(rounds)
    var last = ck_machine()
    for _ in 0..<rounds {
      guard let sent = receive() else { break }
      let now = ck_monotonic_ns(), machine = ck_machine()
      woken.waits.append(now - min(sent, now))
      if machine != last { woken.migrations += 1 }
      last = machine
      work()
      send(ck_monotonic_ns())
    }
    return woken
  }
}
