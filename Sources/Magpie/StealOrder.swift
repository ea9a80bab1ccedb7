/// How a thief visits all processors, each once, in an order that is random: in steps that are coprime to their number.
struct StealOrder {
  let count: UInt32
  private let steps: [UInt32]

  init(count: Int) {
    self.count = UInt32(count)
    steps = (1...self.count).filter { [count = self.count] in StealOrder.greatestDivisor($0, count) == 1 }
  }

  private static func greatestDivisor(_ a: UInt32, _ b: UInt32) -> UInt32 { b == 0 ? a : greatestDivisor(b, a % b) }

  /// Where to begin, and the step from one to the next.
  func draw(_ random: UInt32) -> (position: UInt32, step: UInt32) {
    (random % count, steps[Int((random / count) % UInt32(steps.count))])
  }
}
