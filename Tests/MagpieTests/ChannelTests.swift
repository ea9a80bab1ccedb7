import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Channels")
  struct ChannelTests {
    @Test("With no buffer a sender waits until its value is taken")
    func unbuffered() throws {
      let log = Log<String>()
      try run(processors: 1) {
        let channel = Channel<Int>()
        spawn {
          for value in 1...3 {
            log.note("sending \(value)")
            channel.send(value)
          }
          log.note("sent")
        }
        for _ in 0..<20 { yield() }
        #expect(log.entries == ["sending 1"])
        #expect(channel.receive() == 1)
        for _ in 0..<20 { yield() }
        #expect(log.entries == ["sending 1", "sending 2"])
        #expect(channel.receive() == 2)
        #expect(channel.receive() == 3)
        for _ in 0..<20 { yield() }
        #expect(log.entries == ["sending 1", "sending 2", "sending 3", "sent"])
      }
    }

    @Test("A buffer of three takes three values and no fourth; first in is first out, and waiting senders move up")
    func buffered() throws {
      let log = Log<Int>()
      try run(processors: 1) {
        let channel = Channel<Int>(capacity: 3)
        for value in 1...8 {
          spawn {
            channel.send(value)
            log.note(value)
          }
          for _ in 0..<20 { yield() }
        }
        // Five senders are in line, in this order.
        #expect(log.entries == [1, 2, 3])
        for value in 1...5 {
          #expect(channel.receive() == value)
          for _ in 0..<20 { yield() }
          #expect(log.entries == Array(1...(value + 3)), "the first in line has moved up")
        }
        #expect((6...8).map { _ in channel.receive() } == [6, 7, 8])
      }
    }

    @Test("A value goes straight to who waits longest, past an empty buffer", arguments: [0, 4])
    func directHandoff(capacity: Int) throws {
      let log = Log<[Int]>()
      try run(processors: 1) {
        let channel = Channel<Int>(capacity: capacity)
        for receiver in 1...4 {
          spawn { log.note([receiver, channel.receive()!]) }
          for _ in 0..<20 { yield() }
        }
        for value in 11...14 { channel.send(value) }
      }
      #expect(log.entries.sorted { $0[0] < $1[0] } == [[1, 11], [2, 12], [3, 13], [4, 14]])
    }

    @Test("After the close receivers get what is buffered, then nil for ever")
    func close() throws {
      try run(processors: 1) {
        let channel = Channel<Int>(capacity: 3)
        for value in 1...3 { channel.send(value) }
        channel.close()
        #expect((0..<5).map { _ in channel.receive() } == [1, 2, 3, nil, nil])
        #expect(Array(channel).isEmpty)
      }
    }

    @Test("The close wakes all who wait to receive", arguments: RuntimeTests.processorCounts)
    func closeWakes(processors: Int) throws {
      let woken = Word()
      try run(processors: processors) {
        let channel = Channel<Int>()
        for _ in 0..<100 { spawn { if channel.receive() == nil { woken.add() } } }
        for _ in 0..<50 { yield() }
        channel.close()
      }
      #expect(woken.value == 100)
    }

    @Test("What many send many receive, each once and each sender's in order", arguments: RuntimeTests.processorCounts)
    func manyToMany(processors: Int) throws {
      for capacity in [0, 1, 7] {
        let log = Log<[Int]>(), rounds = rounds(1_000)
        try run(processors: processors) {
          let channel = Channel<[Int]>(capacity: capacity)
          let senders = WaitGroup()
          senders.add(5)
          for sender in 0..<5 {
            spawn {
              for value in 0..<rounds { channel.send([sender, value]) }
              senders.done()
            }
          }
          for _ in 0..<3 {
            spawn {
              var last = Array(repeating: -1, count: 5)
              for pair in channel {
                // A receiver sees what one sender sent in the sender's order.
                #expect(pair[1] > last[pair[0]])
                last[pair[0]] = pair[1]
                log.note(pair)
              }
            }
          }
          senders.wait()
          channel.close()
        }
        let received = log.entries
        #expect(received.count == 5 * rounds)
        #expect(Set(received).count == 5 * rounds)
      }
    }

    @Test("A channel lets go of the values that nobody took")
    func lifetimes() throws {
      let alive = Word()
      try run(processors: 2) {
        let channel = Channel<Token>(capacity: 8)
        for _ in 0..<6 { channel.send(Token(alive)) }
        #expect(channel.receive() != nil)
        #expect(channel.receive() != nil)
        #expect(alive.value == 4)
      }
      #expect(alive.value == 0)
    }
  }
}
