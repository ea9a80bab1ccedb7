import CKernel
import Synchronization

/// An amount of work that takes the CPU and nothing else: whoever does it is done only after so many steps, however often others run
/// in between.
struct Work: Sendable {
  let steps: Int
  private static let result = Atomic<UInt64>(0)

  /// - Parameter nanoseconds: about how long it takes, if nobody runs in between.
  init(nanoseconds: Int) {
    let sample = Work(steps: 200_000)
    _ = sample.nanoseconds()
    steps = Int(Double(nanoseconds) * Double(sample.steps) / sample.nanoseconds())
  }

  init(steps: Int) { self.steps = steps }

  func run() {
    // Begins with what only the clock knows and ends in memory, so that it is neither folded nor left out.
    Work.result.store(Work.loop(from: ck_counter() | 1, steps), ordering: .relaxed)
  }

  /// CPU time of this thread that it takes.
  func nanoseconds() -> Double {
    let begin = ck_thread_cpu_ns()
    run()
    return Double(ck_thread_cpu_ns() - begin)
  }

  @inline(never)
  private static func loop(from seed: UInt64, _ steps: Int) -> UInt64 {
    var value = seed
    for _ in 0..<steps {
      value ^= value &<< 13
      value ^= value &>> 7
      value ^= value &<< 17
    }
    return value
  }
}
