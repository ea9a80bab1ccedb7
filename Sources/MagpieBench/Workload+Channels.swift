import Magpie

// Fibers that hand values to each other.
extension Workload {
  /// Two fibers, two unbuffered channels; one operation is a round trip.
  static let pingPong = Workload(name: "pingpong", operations: 1_000_000, spawned: { _ in 1 }) { operations in
    let ping = Channel<Int>(), pong = Channel<Int>()
    spawn {
      while let value = ping.receive() { pong.send(value + 1) }
      pong.close()
    }
    var right = 0
    for value in 0..<operations {
      ping.send(value)
      if pong.receive() == value + 1 { right += 1 }
    }
    ping.close()
    return .expect(operations, right)
  }

  private static let stages = 16

  /// Sixteen stages joined by channels with a buffer of 64, each adding one.
  static let pipeline = Workload(name: "pipeline", operations: 200_000, spawned: { _ in stages + 1 }) { operations in
    let first = Channel<Int>(capacity: 64)
    var last = first
    for _ in 0..<stages {
      let input = last, output = Channel<Int>(capacity: 64)
      spawn {
        while let value = input.receive() { output.send(value + 1) }
        output.close()
      }
      last = output
    }
    spawn {
      for value in 0..<operations { first.send(value) }
      first.close()
    }
    var sum = 0
    while let value = last.receive() { sum += value }
    return .expect(operations * (operations - 1) / 2 + stages * operations, sum)
  }
}
