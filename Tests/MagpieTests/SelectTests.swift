import MagpieTrace
import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Select")
  struct SelectTests {
    @Test("The case that can go on does, and gives its closure's result")
    func ready() throws {
      try run(processors: 1) {
        let numbers = Channel<Int>(capacity: 1), words = Channel<String>(capacity: 1), full = Channel<Int>()
        numbers.send(7)
        let first = select {
          receive(from: words) { "word \($0 ?? "")" }
          receive(from: numbers) { "number \($0!)" }
          send(1, on: full) { "sent" }
        }
        #expect(first == "number 7")
        let second = select {
          receive(from: numbers) { _ in "number" }
          send("hello", on: words) { "sent" }
        }
        #expect(second == "sent")
        #expect(words.receive() == "hello")
        words.close()
        let third = select { receive(from: words) { $0 ?? "closed" } }
        #expect(third == "closed")
      }
    }

    @Test("otherwise goes on when no case can, and only then; no length of a timeout is the same")
    func withoutWaiting() throws {
      try run(processors: 1) {
        let channel = Channel<Int>(capacity: 1)
        func look() -> Int {
          select {
            receive(from: channel) { $0! }
            otherwise { -1 }
          }
        }
        #expect(look() == -1)
        channel.send(3)
        #expect(look() == 3)
        #expect(look() == -1)
        let timed = select {
          receive(from: channel) { $0! }
          timeout(after: .seconds(-1)) { -2 }
        }
        #expect(timed == -2)
      }
    }

    @Test("With no case that can go on the fiber waits, and the first that can wakes it", arguments: [1, 2, 8])
    func waits(processors: Int) throws {
      let log = Log<String>()
      try run(processors: processors) {
        let numbers = Channel<Int>(), words = Channel<String>(), outputs = Channel<Int>(), done = Channel<Int>()
        spawn {
          for _ in 0..<4 {
            let said = select {
              receive(from: numbers) { $0.map { "number \($0)" } ?? "no numbers" }
              receive(from: words) { "word \($0!)" }
              send(5, on: outputs) { "taken" }
            }
            log.note(said)
            done.send(0)
          }
        }
        numbers.send(1)
        _ = done.receive()
        words.send("w")
        _ = done.receive()
        #expect(outputs.receive() == 5)
        _ = done.receive()
        numbers.close()
        _ = done.receive()
      }
      #expect(log.entries == ["number 1", "word w", "taken", "no numbers"])
    }

    @Test("Cases may be left out, and made by a loop")
    func builder() throws {
      try run(processors: 1) {
        let channels = (0..<5).map { _ in Channel<Int>(capacity: 1) }
        channels[3].send(30)
        let index = select {
          for (index, channel) in channels.enumerated() { receive(from: channel) { index * 100 + $0! } }
        }
        #expect(index == 330)
        for isOn in [true, false] {
          channels[0].send(1)
          let seen = select {
            if isOn { receive(from: channels[0]) { $0! } }
            otherwise { -1 }
          }
          #expect(seen == (isOn ? 1 : -1))
        }
      }
    }

    @Test("Of cases that can all go on each is taken about as often", arguments: 1...5)
    func fair(seed: Int) throws {
      let counts = (0..<4).map { _ in Word() }
      try run(processors: 1, { $0.seed = UInt64(seed) }) {
        let channels = (0..<4).map { _ in Channel<Int>() }
        for channel in channels { channel.close() }
        for _ in 0..<4_000 {
          select { for (channel, count) in zip(channels, counts) { receive(from: channel) { _ in _ = count.add() } } }
        }
      }
      // Ten standard deviations.
      #expect(counts.allSatisfy { abs($0.value - 1_000) < 280 }, "\(counts.map(\.value))")
    }

    @Test("A timeout ends the wait at its time, not before; of several the shortest counts", arguments: [1, 2, 8])
    func timeouts(processors: Int) throws {
      let runtime = Runtime(simulation(1, processors))
      try run(runtime) {
        let channel = Channel<Int>()
        for _ in 0..<20 {
          let before = runtime.virtualTime
          let isOver = select {
            receive(from: channel) { _ in false }
            timeout(after: .seconds(60)) { false }
            timeout(after: .milliseconds(3)) { true }
          }
          #expect(isOver)
          // No more than the simulated cost of some operations later.
          let length = runtime.virtualTime - before
          #expect(length >= 3_000_000 && length < 3_100_000)
          #expect(channel.core.core.pointee.receivers.isEmpty)
        }
      }
    }

    @Test("A wait that ends before its timeout takes the timer along", arguments: [1, 2, 8])
    func disarms(processors: Int) throws {
      let runtime = Runtime(simulation(2, processors)), pending = Word()
      try run(runtime) {
        let channel = Channel<Int>(), done = Channel<Int>()
        for _ in 0..<10 {
          spawn {
            for _ in 0..<20 {
              select {
                receive(from: channel) { _ in }
                timeout(after: .seconds(3600)) { Issue.record("nobody waits for an hour") }
              }
            }
            done.send(0)
          }
        }
        for value in 0..<200 {
          channel.send(value)
          if value % 3 == 0 { sleep(for: .microseconds(50)) }
        }
        for _ in 0..<10 { _ = done.receive() }
        for index in 0..<processors {
          pending.add(runtime.scheduler.processor(index).pointee.timers.pointee.timers.count)
        }
      }
      #expect(pending.value == 0)
      #expect(runtime.virtualTime < 3_600_000_000_000)
    }

    @Test("A channel may be in several cases, and a fiber never meets itself")
    func sameChannel() throws {
      try run(processors: 1) {
        let channel = Channel<Int>(), done = Channel<Int>()
        let alone = select {
          receive(from: channel) { _ in 0 }
          send(1, on: channel) { 1 }
          receive(from: channel) { _ in 2 }
          otherwise { 3 }
        }
        #expect(alone == 3)
        // Two that both offer and take: one of each pair of cases.
        let met = Word()
        for fiber in 0..<2 {
          spawn {
            for _ in 0..<50 {
              select {
                receive(from: channel) { met.add($0! == 1 - fiber ? 1 : 0) }
                send(fiber, on: channel) { 0 }
                receive(from: channel) { met.add($0! == 1 - fiber ? 1 : 0) }
                send(fiber, on: channel) { 0 }
              }
            }
            done.send(0)
          }
        }
        _ = (done.receive(), done.receive())
        #expect(met.value == 50)
        #expect(channel.core.core.pointee.receivers.isEmpty && channel.core.core.pointee.senders.isEmpty)
      }
    }

    @Test("Values that are not sent are let go, those that are sent belong to who receives them")
    func lifetimes() throws {
      let alive = Word()
      try run(processors: 1) {
        let a = Channel<Token>(), b = Channel<Token>(), c = Channel<Token>(capacity: 1)
        for _ in 0..<10 {
          spawn {
            select {
              send(Token(alive), on: a) {}
              send(Token(alive), on: b) {}
              receive(from: c) { _ in }
            }
          }
          yield()
          #expect(alive.value == 2)
          #expect(b.receive() != nil)
          while alive.value != 0 { yield() }
        }
        select { send(Token(alive), on: c) {} }
        #expect(alive.value == 1)
      }
      #expect(alive.value == 0)
    }

    /// Selecting senders and receivers on the same channels, in different orders, with impatient ones between them.
    private func storm(_ configuration: Configuration, values: Int) throws {
      let log = Log<Int>()
      // Where a wait costs more than the timeout, who is impatient would be next for ever.
      @Sendable func rest() { yield() }
      try run(Runtime(configuration)) {
        let channels = [0, 1, 2].map { Channel<Int>(capacity: $0) }
        let stop = Channel<Int>(), senders = WaitGroup()
        senders.add(4)
        for sender in 0..<4 {
          spawn {
            let own = sender % 2 == 0 ? channels : channels.reversed()
            var next = 0
            while next < values {
              let value = sender * values + next
              next += select {
                for channel in own { send(value, on: channel) { 1 } }
                if sender == 3 {
                  timeout(after: .microseconds(3)) {
                    rest()
                    return 0
                  }
                }
              }
            }
            senders.done()
          }
        }
        for receiver in 0..<4 {
          spawn {
            let own = receiver % 2 == 0 ? channels : channels.reversed()
            var goesOn = true
            while goesOn {
              goesOn = select {
                for channel in own {
                  receive(from: channel) { value in
                    log.note(value!)
                    return true
                  }
                }
                receive(from: stop) { _ in false }
                if receiver == 3 {
                  timeout(after: .microseconds(2)) {
                    rest()
                    return true
                  }
                }
              }
            }
          }
        }
        // And plain ones on a channel of the three.
        spawn { for value in 0..<values { channels[1].send(4 * values + value) } }
        senders.wait()
        while log.entries.count < 5 * values { yield() }
        stop.close()
        waitForAllOthers()
        for channel in channels + [stop] {
          #expect(channel.core.core.pointee.receivers.isEmpty && channel.core.core.pointee.senders.isEmpty)
        }
      }
      #expect(log.entries.sorted() == Array(0..<(5 * values)))
    }

    @Test("Each value is received once, whoever selects", arguments: RuntimeTests.processorCounts)
    func manyToMany(processors: Int) throws {
      try storm(Configuration(processors: processors), values: rounds(300))
    }

    @Test("So it is in any order of steps", arguments: 1...30)
    func manyToManySimulated(seed: Int) throws {
      try storm(simulation(seed), values: 8)
    }

    @Test("A deadlock says that a select waits")
    func deadlock() throws {
      do {
        try run(processors: 2) {
          let channel = Channel<Int>(), other = Channel<Int>()
          spawn {
            channel.send(1)
            select(among: [] as [SelectCase<Void>])
          }
          select {
            receive(from: channel) { _ in }
            receive(from: other) { _ in }
          }
          select { receive(from: other) { _ in } }
        }
        Issue.record("the run should have ended in a deadlock")
      } catch RuntimeError.deadlock(let report) {
        #expect(report.waiters.map(\.waitsOn) == Array(repeating: "any case of a select", count: 2))
      }
    }
  }
}
