/// Who has a processor: a word of its status and a version, which each change of holder raises.
///
/// ### The argument
/// 1. While it is held, only the holder changes the word, and passes on what it did with the processor by the release of that.
/// 2. A holder that enters a blocking call leaves the processor behind, marked so. From then on whoever changes the word by
///    exchange has it: the machine itself on its way back, or sysmon. One of both succeeds.
/// 3. The exchange expects the version that was seen, so that a machine that comes back late does not take the processor out of
///    another one's later call, nor sysmon out of a call that has just begun.
/// 4. A processor on the idle list is taken under the scheduler's lock, and one that is given is ordered by that of `given`.
/// A machine that runs a fiber may lose its processor, too: by the handshake of `Entrance`.
///
/// All interleavings of two machines that block, and sysmon, are tried by the tests.
///
/// Rejected: a lock a processor, which each blocking call would take twice.
struct Ownership<M: Memory>: ~Copyable {
  private let word: AtomicWord<UInt64, M>

  init(_ status: Processor.Status) { word = AtomicWord(status.rawValue, "status") }

  /// Status and version, as seen from anywhere.
  @inline(__always)
  var seen: Seen {
    // Acquire: partner of the release in `set`.
    Seen(word: word.load(.acquiring))
  }

  struct Seen: Equatable {
    fileprivate var word: UInt64

    @inline(__always)
    init(word: UInt64) { self.word = word }

    @inline(__always)
    init(_ status: Processor.Status, _ version: UInt32) { word = UInt64(version) << 32 | status.rawValue }

    @inline(__always)
    var status: Processor.Status { Processor.Status(rawValue: word & 0xFF)! }
    @inline(__always)
    var version: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
  }

  /// Changes the status. Only the holder, or under the lock of the idle list.
  /// - Returns: the version after.
  @inline(__always)
  func set(_ status: Processor.Status) -> UInt32 {
    // Relaxed: nobody else may change it.
    let version = Seen(word: word.load(.relaxed)).version &+ 1
    // Release: what the holder did with the processor is visible to whoever takes it. Partner: `takeBlocked`.
    word.store(Seen(status, version).word, .releasing)
    return version
  }

  /// Takes the processor from a machine in a blocking call. One of the machine itself and sysmon succeeds.
  /// - Returns: the version after, or nil when somebody else was quicker.
  func takeBlocked(_ seen: Seen) -> UInt32? {
    guard seen.status == .blocked else { return nil }
    let version = seen.version &+ 1
    // Acquire: partner of the release in `set`.
    return word.compareExchange(expected: seen.word, desired: Seen(.held, version).word, .acquiringAndReleasing)
      .exchanged ? version : nil
  }
}
