import Magpie
import MagpieTrace

// Fibers that talk over the kernel's loopback.
extension Workload {
  private static let clients = 64
  private static let messageSize = 64

  /// Sixty-four clients, each with a connection of its own to a server fiber; one operation is a message there and back.
  static let echo = Workload(
    name: "echo", operations: 128_000, spawned: { _ in 2 * clients + 1 },
    // Each must say something.
    objection: { $0 < clients ? .atLeast(clients) : nil }
  ) { operations in
    do throws(IOError) {
      let listener = try TCPListener()
      let served = WaitGroup()
      served.add()
      spawn {
        while let connection = try? listener.accept() {
          served.add()
          spawn {
            sendBack(connection)
            served.done()
          }
        }
        served.done()
      }
      let answers = Channel<Int>(capacity: clients)
      for client in 0..<clients {
        spawn { answers.send((try? ask(listener.port, operations / clients, seed: UInt8(client))) ?? 0) }
      }
      var right = 0
      for _ in 0..<clients { right += answers.receive()! }
      listener.close()
      served.wait()
      return .expect(operations / clients * clients, right)
    } catch {
      guard case .failed(_, let number) = error else { return .wrong(.unfinished) }
      return .wrong(.noListener(SystemError(number: number)))
    }
  }

  /// Sends back what comes, to the end.
  private static func sendBack(_ connection: TCPConnection) {
    defer { connection.close() }
    withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 8) { buffer in
      while let count = try? connection.read(into: buffer), count > 0 {
        guard (try? connection.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))) != nil else { return }
      }
    }
  }

  /// Says so many messages, and hears them. - Returns: how many came back as they were.
  private static func ask(_ port: UInt16, _ count: Int, seed: UInt8) throws(IOError) -> Int {
    let connection = try TCPConnection.connect(port: port)
    defer { connection.close() }
    var right = 0
    var answer = [UInt8](repeating: 0, count: messageSize)
    var message = answer
    for number in 0..<count {
      message[number % messageSize] = seed &+ UInt8(truncatingIfNeeded: number)
      try connection.write(message)
      let length = try answer.withUnsafeMutableBufferPointer { (buffer) throws(IOError) in
        try connection.readAll(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if length == messageSize && answer == message { right += 1 }
    }
    return right
  }
}
