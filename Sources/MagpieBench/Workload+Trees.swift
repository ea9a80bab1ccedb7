import Magpie

// Trees of fibers.
extension Workload {
  private static let divisor = 10

  /// A tree of fibers, ten children each, whose leaves send their numbers up.
  static let skynet = Workload(
    name: "skynet", operations: 1_000_000,
    objection: { operations in
      var size = operations
      while size % divisor == 0 { size /= divisor }
      return size == 1 ? nil : .powerOf(divisor)
    }
  ) { operations in
    let result = Channel<Int>()
    spawn { sendSum(to: result, from: 0, size: operations) }
    return .expect(operations * (operations - 1) / 2, result.receive()!)
  }

  private static func sendSum(to parent: Channel<Int>, from number: Int, size: Int) {
    guard size > 1 else { return parent.send(number) }
    let results = Channel<Int>()
    let part = size / divisor
    for child in 0..<divisor {
      spawn { sendSum(to: results, from: number + child * part, size: part) }
    }
    var sum = 0
    for _ in 0..<divisor { sum += results.receive()! }
    parent.send(sum)
  }

  /// Below this, in one fiber.
  private static let serialBelow = 12

  /// Fork and join: fork n - 1, run n - 2 in place.
  static let fibonacci = Workload(
    name: "fib", operations: 30,
    // More would take too long.
    objection: { $0 > 45 ? .atMost(45) : nil }
  ) { operations in
    .expect(serialFibonacci(operations), forkedFibonacci(operations))
  }

  private static func forkedFibonacci(_ number: Int) -> Int {
    guard number > serialBelow else { return serialFibonacci(number) }
    let result = Channel<Int>(capacity: 1)
    spawn { result.send(forkedFibonacci(number - 1)) }
    let other = forkedFibonacci(number - 2)
    return result.receive()! + other
  }

  @inline(never)
  private static func serialFibonacci(_ number: Int) -> Int {
    number < 2 ? number : serialFibonacci(number - 1) + serialFibonacci(number - 2)
  }
}
