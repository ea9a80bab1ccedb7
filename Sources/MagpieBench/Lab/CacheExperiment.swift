import CKernel
import Magpie
import MagpieTrace
import MagpieView

/// What the caches of free fibers and stacks cost a collector, by how many threads have been in system calls at once: the bytes that
/// lie idle in them, the time to visit them all, and the time to give their stacks' memory back.
///
/// Whoever is about to block has had a few fibers come and go before: what they leave behind is in a cache, of the thread that now
/// blocks, or of a P that goes on with another. A visit includes stopping the program, which looks at every thread in every era: what that
/// takes grows with the threads, however few caches there are.
enum CacheExperiment: LabExperiment {
  static let claim = LabClaim.cacheScan
  private static let processors = 4
  /// The program is made to stand still for each, which takes now longer, now shorter.
  private static let visits = 99

  static func cases(isSmall: Bool) -> [LabCase] {
    let counts = isSmall ? [0, 5] : [0, 10, 100, 1000]
    return [Era.distributed, .mpn].map { era in
      LabCase(
        words: [era.rawValue] + counts.map(String.init),
        rows: counts.flatMap { count in
          [
            LabSubject(era, "visit", at: count, .nanoseconds), LabSubject(era, "reclaim", at: count, .nanoseconds),
            LabSubject(era, "held", at: count, .bytes),
          ]
        })
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    let most = rows.rows.map(\.subject.at).max() ?? 0
    func visit(_ era: Era, at count: Int) -> Double? { rows.value(era, "visit", at: count) }
    return [
      LabFinding(
        .cacheGrows(.distributed, blocked: most),
        LabTable.ratio(visit(.distributed, at: most), visit(.distributed, at: 0)), .atLeast(5)),
      LabFinding(
        .cachesCost(blocked: most), LabTable.ratio(visit(.distributed, at: most), visit(.mpn, at: most)), .atLeast(5)),
    ]
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let tasks = LabTasks(era: try words.era(0))
    let counts = words.words.dropFirst().compactMap { Int($0) }
    return try tasks.measure(processors: processors) { runtime throws(LabObstacle) in
      let blocked = try BlockedThreads(runtime) { LabObstacle.failed(.noPipe($0)) }
      defer { blocked.end() }
      var values: [Double] = []
      for count in counts {
        blocked.grow(to: count) { crowd(8) }
        crowd(1000)
        StealProbe.awaitCalm(of: runtime)
        // In a blocking call of its own: the caches are looked at while all machines stand still.
        values += blocking("collect") { collect(runtime) }
      }
      return values
    }
  }

  /// Fibers that come and go, all there at once.
  private static func crowd(_ count: Int) {
    let done = WaitGroup()
    done.add(count)
    for _ in 0..<count { spawn { done.done() } }
    done.wait()
  }

  /// - Returns: nanoseconds of a visit and of giving back, and the bytes held before.
  private static func collect(_ runtime: Runtime) -> [Double] {
    let held = runtime.visitCaches().heldBytes
    let times = (0..<visits).map { _ in nanoseconds { _ = runtime.visitCaches() } }
    let reclaim = nanoseconds { runtime.reclaimCaches() }
    return [LabSample(times)?.median ?? 0, reclaim, Double(held)]
  }

  private static func nanoseconds(_ body: () -> Void) -> Double {
    let begin = ck_monotonic_ns()
    body()
    return Double(ck_monotonic_ns() - begin)
  }
}
