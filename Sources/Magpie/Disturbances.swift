/// What a kernel may do to a program at any time, and a simulation does on purpose, drawn from the seed: machines that are slow, races
/// that are lost, timers that are late, sleepers that are woken for nothing, threads that cannot be had at once.
struct Disturbances {
  private var random: RandomSource

  init(seed: UInt64) { random = RandomSource(seed: seed ^ 0xD157_04B3_D000_0001) }

  /// For how long a machine is not run that could: in nanoseconds, mostly 0.
  /// - Parameter isRacing: it stands in the middle of a protocol, where somebody else may come first.
  mutating func descheduling(isRacing: Bool) -> UInt64 {
    guard random.below(isRacing ? 4 : 64) == 0 else { return 0 }
    // From 1 to 512 µs, each order of magnitude as likely: from one passage of the others to thousands.
    return UInt64(1_000) << random.below(10)
  }

  /// How late a sleeper's time comes, in nanoseconds: mostly 0.
  mutating func lateness() -> UInt64 {
    guard random.below(4) == 0 else { return 0 }
    return UInt64(1_000) << random.below(11)
  }

  /// The one of so many sleepers that is woken for nothing; mostly none.
  mutating func wokenForNothing(among count: Int) -> Int? {
    guard count > 0, random.below(64) == 0 else { return nil }
    return Int(random.below(UInt64(count)))
  }

  /// Whether the kernel refuses a thread just now. Never so often in a row that the runtime may give up.
  mutating func refusesThread(attempt: Int) -> Bool { attempt < Scheduler.threadAttempts / 2 && random.below(3) == 0 }
}
