/// How much is done to know a claim's medians: each is measured again until it is known well enough, or the time is over.
///
/// So a quiet machine is done soon, and a busy one does not report what it does not know. What a busy machine leaves uncertain shows
/// in the spread.
struct LabEffort: Sendable, Equatable {
  /// Repetitions that everything gets, however long they take.
  var fewest: Int
  var most = Int.max
  /// A median is known once its uncertainty is no more than this part of it.
  var precision = 0.0
  /// Nanoseconds of measuring after which no repetition begins but the fewest, for a claim of the usual weight.
  var time = UInt64.max
  /// Nanoseconds after which another claim has its turn: each claim's repetitions lie far apart then. A virtual machine whose CPUs are
  /// moved away from each other has lines of a cache take five times as long, for ten seconds or twenty; not for minutes.
  var turn = UInt64.max

  /// All claims take less than four minutes.
  static let together = LabEffort(fewest: 7, precision: 0.07, time: 18_000_000_000, turn: 1_000_000_000)
  static let alone = LabEffort(fewest: 25, precision: 0.03, time: 60_000_000_000)

  /// The same with so many times the time.
  func weighted(by weight: UInt64) -> LabEffort {
    var weighted = self
    let (time, isEndless) = time.multipliedReportingOverflow(by: weight)
    weighted.time = isEndless ? .max : time
    return weighted
  }

  /// Whether one more is worth it.
  /// - Parameters:
  ///   - samples: of the rows that one measurement gives, all of the same count.
  ///   - time: nanoseconds of measuring so far.
  func wants(after samples: [LabSample], time: UInt64) -> Bool {
    let count = samples.first?.count ?? 0
    if count < fewest { return true }
    if count >= most || time >= self.time { return false }
    return !samples.allSatisfy { $0.isKnown(to: precision) }
  }
}
