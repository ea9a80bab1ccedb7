import CKernel
import Magpie
import MagpieTrace
import MagpieView

/// How many short tasks are spawned and done in a second, by how many threads run them, and how long one of them has threads wait
/// for the scheduler's lock: which is the global queue's, and without Ps the permits', with Ps the idle lists'.
enum LockExperiment: LabExperiment {
  static let claim = LabClaim.lockContention
  private static let eras = [Era.global, .distributed, .mpn]
  /// Microseconds of a task's work, and how many of these tasks make a measurement.
  private static let lengths = [(0, 20_000), (1, 5000), (10, 1000), (100, 100)]

  static func cases(isSmall: Bool) -> [LabCase] {
    let threads = isSmall ? [1, 2] : [1, 2, 4, 8]
    return lengths.flatMap { length, count in
      threads.flatMap { threads in
        eras.map { era in
          LabCase(
            words: [era.rawValue, "\(threads)", "\(length)", "\(isSmall ? 200 : count)"],
            rows: [
              LabSubject(era, throughput(length), at: threads, .perSecond),
              LabSubject(era, wait(length), at: threads, .nanoseconds),
            ])
        }
      }
    }
  }

  private static func throughput(_ length: Int) -> String { "throughput-\(length)us" }
  private static func wait(_ length: Int) -> String { "lock-wait-\(length)us" }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    let most = rows.rows.map(\.subject.at).max() ?? 1
    // Less than a nanosecond is none.
    let waits = [Era.global, .mpn].map { rows.value($0, wait(0), at: most).map { max($0, 1) } }
    return [
      LabFinding(.lockWaits, LabTable.ratio(waits[0], waits[1]), .atLeast(5)),
      LabFinding(
        .ownQueuesGain(threads: most),
        LabTable.ratio(rows.value(.mpn, throughput(0), at: most), rows.value(.global, throughput(0), at: most)),
        .atLeast(1.5)),
    ]
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let tasks = LabTasks(era: try words.era(0))
    let threads = try words.number(1), length = try words.number(2), count = try words.number(3)
    let work = length == 0 ? Work(steps: 0) : Work(nanoseconds: length * 1000)
    return try tasks.measure(processors: threads) { runtime in
      // Once for what is touched for the first time.
      spawnAll(count, work, by: threads)
      // The median of several: what else this computer does falls on some of them. Waits are few and long, as when the kernel takes
      // the CPU from who has the lock, so all of them count.
      let times = 5
      var rates: [Double] = []
      let before = runtime.lockWaitedNanoseconds
      for _ in 0..<times {
        let begin = ck_monotonic_ns()
        spawnAll(count, work, by: threads)
        rates.append(Double(count) * 1e9 / Double(ck_monotonic_ns() - begin))
      }
      let waited = Double(runtime.lockWaitedNanoseconds - before)
      return [LabSample(rates)?.median ?? 0, waited / Double(times * count)]
    }
  }

  /// Has tasks spawned, in waves by two spawners a thread, and waits for all.
  private static func spawnAll(_ count: Int, _ work: Work, by threads: Int) {
    let wave = 16
    let spawners = 2 * threads
    let all = WaitGroup()
    all.add(spawners)
    for spawner in 0..<spawners {
      spawn {
        var left = count * (spawner + 1) / spawners - count * spawner / spawners
        while left > 0 {
          let group = WaitGroup()
          let size = min(left, wave)
          group.add(size)
          for _ in 0..<size {
            spawn {
              work.run()
              group.done()
            }
          }
          group.wait()
          left -= size
        }
        all.done()
      }
    }
    all.wait()
  }
}
