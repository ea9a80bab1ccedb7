import Magpie
import MagpieTrace
import MagpieView

/// What looking for something to steal takes a thief, by how many threads block in system calls: when nobody has anything, and when one
/// of the others has a fiber. The runtime's own search, in a loop, in CPU time of the thief.
enum StealExperiment: LabExperiment {
  static let claim = LabClaim.stealScan
  private static let processors = 4

  static func cases(isSmall: Bool) -> [LabCase] {
    let counts = isSmall ? [0, 5] : [0, 10, 100, 1000]
    return [Era.distributed, .mpn].map { era in
      LabCase(
        words: [era.rawValue, isSmall ? "500" : "20000"] + counts.map(String.init),
        rows: counts.flatMap { count in
          ["failed-steal", "steal"].map { LabSubject(era, $0, at: count, .nanoseconds) }
        })
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    let most = rows.rows.map(\.subject.at).max() ?? 0
    func growth(_ era: Era, _ limit: LabFinding.Limit) -> LabFinding {
      let costs = [most, 0].map { rows.value(era, "failed-steal", at: $0) }
      return LabFinding(.stealGrows(era, blocked: most), LabTable.ratio(costs[0], costs[1]), limit)
    }
    return [growth(.distributed, .atLeast(5)), growth(.mpn, .atMost(1.25))]
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let tasks = LabTasks(era: try words.era(0))
    let searches = try words.number(1)
    let counts = words.words.dropFirst(2).compactMap { Int($0) }
    return try tasks.measure(processors: processors) { runtime throws(LabObstacle) in
      let blocked = try BlockedThreads(runtime) { LabObstacle.failed(.noPipe($0)) }
      defer { blocked.end() }
      var values: [Double] = []
      for count in counts {
        blocked.grow(to: count)
        // Where each takes long there need not be so many.
        let searches = max(searches / (1 + count / 10), min(searches, 1000))
        // Once for what is not in the cache yet.
        for isMeasured in [false, true] {
          let number = isMeasured ? searches : searches / 10
          guard let times = StealProbe.search(number, on: runtime) else {
            throw .failed(.restless)
          }
          if isMeasured { values += [times.failed, times.succeeded].map { Double($0) / Double(number) } }
        }
      }
      return values
    }
  }
}
