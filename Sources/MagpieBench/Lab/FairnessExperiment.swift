import CKernel
import Glibc
import Magpie
import MagpieTrace
import MagpieView

/// The longest that one of four polite tasks waits for the CPU, all on one, beside a task that computes for 200 ms without ever
/// giving it up.
enum FairnessExperiment: LabExperiment {
  static let claim = LabClaim.fairness
  private static let polite = 4

  static func cases(isSmall: Bool) -> [LabCase] {
    let milliseconds = isSmall ? 50 : 200
    return Era.allCases.map { era in
      LabCase(
        words: [era.rawValue, "\(milliseconds)"], rows: [LabSubject(era, "worst-wait", at: milliseconds, .nanoseconds)])
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    guard let at = rows.rows.first?.subject.at else { return [] }
    let hogged = Double(at) * 1_000_000
    func wait(_ era: Era, _ limit: LabFinding.Limit) -> LabFinding {
      LabFinding(.worstWait(era), rows.value(era, "worst-wait", at: at), limit, .nanoseconds)
    }
    // A few slices: of 10 ms, and then sysmon has to see that one is over, and the kernel has its own.
    return [wait(.nto1, .atLeast(hogged * 0.9)), wait(.threads, .atMost(50e6)), wait(.mpn, .atMost(50e6))]
  }

  /// Of the shared words: 1 once the hog is done; then the longest wait of each polite task, in microseconds.
  private static let isOver = 0, waits = 1

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let tasks = LabTasks(era: try words.era(0))
    let length = UInt64(try words.number(1)) * 1_000_000
    guard ck_pin_to_cpu(0) == 0 else { throw .failed(.cannotStayOnCPU) }
    let work = Work(nanoseconds: 50_000)
    let shared = try SharedWords(1 + polite, isBetweenProcesses: tasks.era == .processes)
    // All are there from now on.
    let begin = ck_monotonic_ns()
    let hog: @Sendable () -> Void = {
      let end = ck_monotonic_ns() + length
      while ck_monotonic_ns() < end { work.run() }
      shared.store(isOver, 1)
    }
    let others = (0..<polite).map { index in
      { @Sendable in
        var last = begin, worst: UInt64 = 0
        repeat {
          let now = ck_monotonic_ns()
          worst = max(worst, now - last)
          work.run()
          last = ck_monotonic_ns()
          tasks.yield()
        } while shared.load(isOver) == 0
        worst = max(worst, ck_monotonic_ns() - last)
        shared.store(waits + index, UInt32(clamping: worst / 1000))
      }
    }
    try tasks.run(processors: 1, [hog] + others)
    let worst = (0..<polite).map { shared.load(waits + $0) }.max() ?? 0
    return [Double(worst) * 1000]
  }
}
