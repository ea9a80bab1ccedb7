import MagpieTrace
import Synchronization

/// Ticks again and again after the same length of virtual time (Go's time.Ticker).
///
/// A tick that nobody has waited for is kept until somebody does, but no more than one: who comes late finds one tick, and then
/// the next at the time when it would have come anyway. So a slow fiber skips ticks and never runs after them. Each tick goes to
/// one fiber.
///
/// Between ticks there is nothing: no fiber, and a timer only while somebody waits (as in Go since 1.23). So it need not be
/// stopped. Rejected: a fiber that sends on a channel, which would keep the runtime alive, and hide deadlocks.
public final class Ticker: Sendable {
  private let period: UInt64
  /// The virtual time of the next tick that nobody has taken.
  private let next: Atomic<UInt64>

  /// The first tick comes after one period. Called on a fiber.
  /// - Precondition: the period is longer than nothing.
  public init(every period: Duration) {
    self.period = period.nanoseconds
    guard self.period > 0 else { misuse("a ticker's period is longer than nothing") }
    next = Atomic(currentMachine("a ticker").ownTime &+ self.period)
  }

  /// Waits for a tick.
  public func wait() {
    while true {
      let machine = beginOperation("a ticker", .tick)
      if take(at: machine.ownTime) {
        machine.leave()
        // Who is always late never waits: let others run.
        return checkpoint()
      }
      machine.sleep(until: nextTick)
    }
  }

  // Relaxed, here and below: a tick carries nothing with it but itself.
  var nextTick: UInt64 { next.load(ordering: .relaxed) }

  /// Takes the tick if its time has come, and skips those that were missed (Go's rule for periodic timers).
  func take(at now: UInt64) -> Bool {
    var seen = nextTick
    while seen <= now {
      let following = seen &+ period &* (1 &+ (now &- seen) / period)
      let (exchanged, current) = next.compareExchange(expected: seen, desired: following, ordering: .relaxed)
      if exchanged { return true }
      seen = current
    }
    return false
  }
}
