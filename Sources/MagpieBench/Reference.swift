/// A fixed integer loop, timed beside what is measured, so that a noisy or slow machine shows.
enum Reference {
  private static let work = Work(steps: 20_000_000)

  /// Nanoseconds of this thread's own time that the loop takes.
  static func nanoseconds() -> Int { Int(work.nanoseconds()) }
}
