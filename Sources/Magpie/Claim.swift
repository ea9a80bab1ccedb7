/// Who wakes a fiber that several may: the number of its case of a select, from 1, or `timeout`; 0 until it is won.
///
/// A waker must have found the fiber under the lock of a line, or of a timer heap, and then wins by exchange: who comes second drops it.
struct Claim<M: Memory>: ~Copyable {
  /// What a timer puts there.
  static var timeout: UInt32 { .max }

  private let word = AtomicWord<UInt32, M>(0, "claim")

  /// Before the fiber goes into the first line.
  func begin() {
    // Relaxed: wakers find the fiber under locks that are given back after this.
    word.store(0, .relaxed)
  }

  /// Decides how the fiber goes on, if nobody has yet.
  @inline(__always)
  func win(_ number: UInt32) -> Bool {
    // Relaxed: the word decides who wakes, no more; what the fiber then reads was written before it was made ready.
    word.compareExchange(expected: 0, desired: number, .relaxed).exchanged
  }

  /// Who has won, once the fiber goes on.
  var winner: UInt32 {
    // Relaxed: it was written before the fiber was made ready.
    word.load(.relaxed)
  }
}
