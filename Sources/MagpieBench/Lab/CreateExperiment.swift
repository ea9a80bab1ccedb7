import CKernel
import Glibc
import Magpie
import MagpieTrace
import MagpieView

/// What it takes to create a task, until it has run for the first time and waits, and to destroy it, from its waking until nothing is
/// left of it: a process, a thread, a fiber, many at a time, on one CPU.
///
/// In CPU time of all of them: what else this computer does meanwhile does not count, nor does what the kernel puts off.
enum CreateExperiment: LabExperiment {
  static let claim = LabClaim.create

  static func cases(isSmall: Bool) -> [LabCase] {
    let count = 100
    let batches: [(Era, Int)] = [(.processes, 2), (.threads, 10), (.mpn, 1000)]
    return batches.map { era, batches in
      LabCase(
        words: [era.rawValue, "\(count)", "\(isSmall ? 1 : batches)"],
        rows: ["create", "destroy"].map { LabSubject(era, $0, at: count, .nanoseconds) })
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    func cost(_ era: Era) -> Double? {
      guard let at = rows.rows.first?.subject.at, let create = rows.value(era, "create", at: at),
        let destroy = rows.value(era, "destroy", at: at)
      else { return nil }
      return create + destroy
    }
    return [
      LabFinding(.processLife, LabTable.ratio(cost(.processes), cost(.threads)), .atLeast(2)),
      LabFinding(.threadLife, LabTable.ratio(cost(.threads), cost(.mpn)), .atLeast(5)),
    ]
  }

  /// CPU time of both, of all batches.
  struct Times: Sendable {
    var create = 0.0, destroy = 0.0
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let era = try words.era(0), count = try words.number(1), batches = try words.number(2)
    guard ck_pin_to_cpu(0) == 0 else { throw .failed(.cannotStayOnCPU) }
    var times = Times()
    // The first batch pays for what is touched for the first time.
    switch era {
    case .processes:
      try processes(count, &times)
      times = Times()
      for _ in 0..<batches { try processes(count, &times) }
    case .threads:
      try threads(count, &times)
      times = Times()
      for _ in 0..<batches { try threads(count, &times) }
    default: times = try fibers(count, batches: batches)
    }
    return [times.create, times.destroy].map { $0 / Double(count * batches) }
  }
}
