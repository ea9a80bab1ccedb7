import Glibc
import Magpie
import MagpieTrace

/// Fibers in system calls that do not return, each of which takes a kernel thread. On a fiber of their runtime.
final class BlockedThreads {
  private let runtime: Runtime
  private let calls = WaitGroup()
  private let reading: Int32
  private let writing: Int32
  private var count = 0

  /// - Parameter failure: what it is where there is no pipe on which they could block.
  init<Failure>(_ runtime: Runtime, _ failure: (SystemError) -> Failure) throws(Failure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failure(SystemError(number: errno)) }
    (reading, writing) = (ends[0], ends[1])
    self.runtime = runtime
  }

  /// Has more block, until there are so many, and nobody else does anything any more.
  /// - Parameter before: what each does first, on a thread that may soon block.
  func grow(to wanted: Int, before: @escaping @Sendable () -> Void = {}) {
    calls.add(wanted - count)
    for _ in count..<wanted {
      spawn { [reading, calls] in
        before()
        blocking("read") {
          var byte: UInt8 = 0
          _ = read(reading, &byte, 1)
        }
        calls.done()
      }
    }
    count = wanted
    repeat {
      StealProbe.awaitCalm(of: runtime)
    } while runtime.machineNotes.count(where: { $0 == .inBlockingCall }) < count
  }

  /// Lets all of them return, and waits for them.
  func end() {
    // Whoever reads there comes to the end of the pipe now.
    close(writing)
    calls.wait()
    close(reading)
  }
}
