import CKernel
package import Synchronization

/// A word on which threads sleep in the kernel.
///
/// Whoever is to wake them changes it first: a sleeper that has not seen the change is refused.
extension Atomic where Value == UInt32 {
  /// Sleeps while the word has a value. May return early.
  /// - Parameters:
  ///   - nanoseconds: real ones, at most; negative: for ever.
  ///   - acrossProcesses: whether others than this process's threads wake it, which costs a little more. As in `wake`.
  package func sleep(while value: UInt32, atMost nanoseconds: Int64 = -1, acrossProcesses: Bool = false) {
    _ = withUnsafePointer(to: self) { ck_futex_wait($0, value, nanoseconds, acrossProcesses) }
  }

  /// Wakes so many of those that sleep on the word, at most.
  package func wake(_ count: Int32 = 1, acrossProcesses: Bool = false) {
    _ = withUnsafePointer(to: self) { ck_futex_wake($0, count, acrossProcesses) }
  }
}
