import CKernel
import Magpie
import MagpieTrace
import MagpieView

/// How many short tasks are spawned and done in a second, by how many threads run them, and how long one of them has threads wait
/// for the scheduler's lock: which is the global queue's, and without Ps the permits', with Ps the idle lists'.
enum LockExperiment: LabExperiment {
  static let claim = LabClaim.lockContention
  /// It has two fifths of all rows, and those that vary most.
  static let weight: UInt64 = 2
  private static let eras = [Era.global, .distributed, .mpn]
  /// Microseconds of a task's work, and how many of these tasks make a burst, of about two milliseconds.
  private static let lengths = [(0, 8000), (1, 2000), (10, 300), (100, 32)]
  /// Bursts of a measurement, and those before, for what is touched for the first time.
  private static let bursts = 15, warmUps = 2
  /// Nanoseconds after which a measurement counts what it gets.
  private static let patience: UInt64 = 500_000_000

  /// Nanoseconds; a shorter wait is none: a handful of waits in a burst of the shortest tasks, a thousandth of a long task.
  private static func leastWait(_ length: Int) -> Double { max(2, Double(length)) }

  static func cases(isSmall: Bool) -> [LabCase] {
    let threads = isSmall ? [1, 2] : [1, 2, 4, 8]
    return lengths.flatMap { length, count in
      threads.flatMap { threads in
        eras.map { era in
          LabCase(
            words: [era.rawValue, "\(threads)", "\(length)", "\(isSmall ? 32 : count)"],
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
    let waits = [Era.global, .mpn].map { rows.value($0, wait(0), at: most).map { max($0, leastWait(0)) } }
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
      for _ in 0..<warmUps { _ = mostOnOneCPU(count, work, by: threads) }
      let cpus = Double(min(threads, Int(ck_available_cpus())))
      let end = ck_monotonic_ns() + patience
      var rates: [Double] = [], waits: [Double] = []
      while rates.count < bursts {
        let before = runtime.lockWaitedNanoseconds, begin = ck_monotonic_ns()
        let share = mostOnOneCPU(count, work, by: threads)
        let now = ck_monotonic_ns(), waited = runtime.lockWaitedNanoseconds - before
        // The kernel now and then keeps all threads on one CPU, for a burst or for many, where nobody waits for anybody.
        if share > (1 + 1 / cpus) / 2, now < end { continue }
        rates.append(Double(count) * 1e9 / Double(now - begin))
        waits.append(Double(waited) / Double(count))
      }
      // Now and then it stops a thread that has the lock, for milliseconds, which tells of the kernel: the median burst is one without.
      let wait = LabSample(waits)?.median ?? 0
      return [LabSample(rates)?.median ?? 0, wait < leastWait(length) ? 0 : wait]
    }
  }

  /// Has tasks spawned, in waves by two spawners a thread, and waits for all. - Returns: the part of the tasks that ran on the CPU that
  /// most ran on.
  private static func mostOnOneCPU(_ count: Int, _ work: Work, by threads: Int) -> Double {
    let wave = 16
    // Asking costs more than the shortest task, so not all ask.
    let stride = max(count / 64, 1)
    let spawners = 2 * threads
    let all = WaitGroup()
    let cpus = Collected<Int32>()
    all.add(spawners)
    for spawner in 0..<spawners {
      spawn {
        var next = count * spawner / spawners
        let end = count * (spawner + 1) / spawners
        while next < end {
          let group = WaitGroup()
          let size = min(end - next, wave)
          group.add(size)
          for task in next..<next + size {
            spawn {
              work.run()
              if task % stride == 0 { cpus.add(ck_current_cpu()) }
              group.done()
            }
          }
          group.wait()
          next += size
        }
        all.done()
      }
    }
    all.wait()
    let seen = cpus.values
    let most = Dictionary(seen.map { ($0, 1) }, uniquingKeysWith: +).values.max() ?? 0
    return Double(most) / Double(seen.count)
  }
}
