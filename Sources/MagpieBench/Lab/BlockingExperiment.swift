import CKernel
import Glibc
import Magpie
import MagpieTrace
import MagpieView

/// What four others get done while one task is in a call of 50 ms, on one CPU: of what that CPU can do in that time.
enum BlockingExperiment: LabExperiment {
  static let claim = LabClaim.blocking
  private static let others = 4
  /// Nanoseconds of a step of the others.
  private static let step = 50_000

  static func cases(isSmall: Bool) -> [LabCase] {
    let milliseconds = isSmall ? 20 : 50
    return Era.allCases.map { era in
      LabCase(
        words: [era.rawValue, "\(milliseconds)"], rows: [LabSubject(era, "progress", at: milliseconds, .percent)])
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    guard let at = rows.rows.first?.subject.at else { return [] }
    return [
      LabFinding(.othersProgress(.nto1), rows.value(.nto1, "progress", at: at), .atMost(5), .percent),
      LabFinding(.othersProgress(.mpn), rows.value(.mpn, "progress", at: at), .atLeast(50), .percent),
    ]
  }

  /// Of the shared words: steps that are done, those that were done before the call and after it, how many microseconds it
  /// took, and 1 once all is over.
  private static let steps = 0, before = 1, after = 2, length = 3, isOver = 4

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let tasks = LabTasks(era: try words.era(0))
    let microseconds = try words.number(1) * 1000
    guard ck_pin_to_cpu(0) == 0 else { throw .failed(.cannotStayOnCPU) }
    // What they get done without a call, before and after: the CPU is not theirs alone.
    let first = try rate(tasks, microseconds, calls: false)
    let beside = try rate(tasks, microseconds, calls: true)
    let last = try rate(tasks, microseconds, calls: false)
    return [beside / ((first + last) / 2) * 100]
  }

  /// Steps of the others in a microsecond, while one task is in a call or has nothing to do.
  private static func rate(_ tasks: LabTasks, _ microseconds: Int, calls: Bool) throws(LabObstacle) -> Double {
    let work = Work(nanoseconds: step)
    let shared = try SharedWords(5, isBetweenProcesses: tasks.era == .processes)
    let caller: @Sendable () -> Void = {
      // The others have begun, where there can be others.
      for _ in 0..<3 { tasks.yield() }
      tasks.blocking {
        shared.store(before, shared.load(steps))
        let begin = ck_monotonic_ns()
        usleep(UInt32(microseconds))
        // Still in the call: what its task has to wait for afterwards is another matter.
        shared.store(length, UInt32(clamping: (ck_monotonic_ns() - begin) / 1000))
        shared.store(after, shared.load(steps))
        shared.store(isOver, 1)
      }
    }
    let begin = ck_monotonic_ns()
    let other: @Sendable () -> Void = {
      while shared.load(isOver) == 0 {
        work.run()
        _ = shared.add(steps)
        let now = (ck_monotonic_ns() - begin) / 1000
        if !calls, now >= microseconds {
          shared.store(length, UInt32(clamping: now))
          shared.store(after, shared.load(steps))
          shared.store(isOver, 1)
        }
        tasks.yield()
      }
    }
    try tasks.run(processors: 1, (calls ? [caller] : []) + Array(repeating: other, count: others))
    let time = shared.load(length)
    guard time > 0 else { throw .failed(.nothingRan) }
    return Double(shared.load(after) - shared.load(before)) / Double(time)
  }
}
