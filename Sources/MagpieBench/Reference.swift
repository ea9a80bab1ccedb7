import CKernel
import Synchronization

/// A fixed integer loop, timed beside what is measured, so that a noisy or slow machine shows.
enum Reference {
  private static let steps: UInt64 = 20_000_000
  private static let result = Atomic<UInt64>(0)

  /// Nanoseconds of this thread's own time that the loop takes.
  static func nanoseconds() -> Int {
    let begin = ck_thread_cpu_ns()
    // Begins with what only the clock knows and ends in memory, so that it is neither folded nor moved past the clock.
    result.store(loop(from: begin | 1), ordering: .relaxed)
    return Int(ck_thread_cpu_ns() - begin)
  }

  @inline(never)
  private static func loop(from seed: UInt64) -> UInt64 {
    var value = seed
    for _ in 0..<steps {
      value ^= value &<< 13
      value ^= value &>> 7
      value ^= value &<< 17
    }
    return value
  }
}
