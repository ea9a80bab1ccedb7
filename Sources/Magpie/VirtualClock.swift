import CKernel

/// Turns the cycle counter into nanoseconds since the runtime began.
struct CounterClock: Sendable {
  private let base: UInt64
  /// Nanoseconds a tick, as a fraction of 2³².
  private let scale: UInt64

  /// Measures the counter against the kernel's clock, for two milliseconds, once in a process.
  private static let measuredScale: UInt64 = {
    let beginCounter = ck_counter()
    let begin = ck_monotonic_ns()
    var end = begin
    while end - begin < 2_000_000 { end = ck_monotonic_ns() }
    let ticks = ck_counter() - beginCounter
    return UInt64(Double(end - begin) / Double(ticks) * 4_294_967_296)
  }()

  init() {
    scale = CounterClock.measuredScale
    base = ck_counter()
  }

  /// Real nanoseconds since `init`.
  @inline(__always)
  var now: UInt64 {
    let product = (ck_counter() &- base).multipliedFullWidth(by: scale)
    return product.high &<< 32 | product.low &>> 32
  }
}

/// The runtime's global virtual clock: real time at a tempo, or standing still.
///
/// Each machine has its own virtual clock, real time minus what it waited at the gate; a machine passes the gate when the
/// global clock has reached its own. So slowing the global clock slows the program, not the film of it.
package struct VirtualClock {
  private var virtualBase: UInt64 = 0
  private var realBase: UInt64 = 0
  package private(set) var tempo: UInt64 = 1
  package private(set) var isStanding = false

  package init() {}

  package func now(real: UInt64) -> UInt64 {
    isStanding || real < realBase ? virtualBase : virtualBase &+ (real &- realBase) / tempo
  }

  package mutating func stand(real: UInt64) {
    virtualBase = now(real: real)
    isStanding = true
  }

  package mutating func go(real: UInt64) {
    guard isStanding else { return }
    realBase = real
    isStanding = false
  }

  package mutating func setTempo(_ tempo: UInt64, real: UInt64) {
    virtualBase = now(real: real)
    realBase = real
    self.tempo = tempo
  }

  /// Moves a standing clock on: a step took the program there.
  package mutating func advance(to time: UInt64, real: UInt64) {
    guard time > now(real: real) else { return }
    virtualBase = time
    realBase = real
  }
}
