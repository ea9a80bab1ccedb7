import Magpie
import MagpieTrace
import MagpieView

/// How much of the CPU the tasks' own work gets: the same work, shared out among one task or a thousand, each of which yields after
/// every 10 µs of it; the rest goes into creating, switching and destroying them.
enum OverheadExperiment: LabExperiment {
  static let claim = LabClaim.overhead
  private static let piece = 10_000

  static func cases(isSmall: Bool) -> [LabCase] {
    let counts = isSmall ? [1, 10] : [1, 10, 100, 1000]
    return counts.flatMap { count in
      Era.allCases.map { era in
        LabCase(
          words: [era.rawValue, "\(count)", isSmall ? "100" : "5000"],
          rows: [LabSubject(era, "useful", at: count, .percent)])
      }
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    let most = rows.rows.map(\.subject.at).max() ?? 1
    func share(_ era: Era, _ limit: LabFinding.Limit) -> LabFinding {
      LabFinding(.usefulShare(era, tasks: most), rows.value(era, "useful", at: most), limit, .percent)
    }
    return [
      share(.processes, .atMost(80)), share(.threads, .atMost(80)), share(.mpn, .atLeast(80)),
    ]
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let tasks = LabTasks(era: try words.era(0))
    let count = try words.number(1), pieces = try words.number(2)
    let work = Work(nanoseconds: piece)
    // A task has at least one piece.
    let share = max(pieces / count, 1)
    let body: @Sendable () -> Void = {
      for _ in 0..<share {
        work.run()
        tasks.yield()
      }
    }
    let whole = Work(steps: work.steps * 200)
    let first = whole.nanoseconds()
    let begin = LabTasks.cpu()
    try tasks.run(processors: 2, Array(repeating: body, count: count))
    let used = LabTasks.cpu() - begin
    // What the work alone takes, before and after: a CPU's speed is not always the same.
    let useful = (first + whole.nanoseconds()) / 2 / 200 * Double(share * count)
    return [useful / used * 100]
  }
}
