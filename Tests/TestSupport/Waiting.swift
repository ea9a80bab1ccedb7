import CKernel
import Glibc
package import Testing

/// Looks every 50 µs whether something holds, until it does. Nobody waits for ever: after two minutes the test fails, and goes on.
package func wait(
  _ what: String, sourceLocation: SourceLocation = #_sourceLocation, until condition: () throws -> Bool
) rethrows {
  let end = ck_monotonic_ns() + 120_000_000_000
  while try !condition() {
    guard ck_monotonic_ns() < end else {
      Issue.record("waited in vain until \(what)", sourceLocation: sourceLocation)
      return
    }
    usleep(50)
  }
}
