import CKernel
import Glibc
import MagpieTrace
import Testing

@testable import Magpie

extension RuntimeTests {
  @Suite("Timers, blocking calls, time slices, deadlocks")
  struct WaitingTests {
    @Test("Sleepers wake in the order of their deadlines", arguments: [1, 2, 8])
    func timersInOrder(processors: Int) throws {
      let log = Log<Int>()
      // On the simulated clock, which knows no delays of a busy machine.
      try run(processors: processors, { $0.isSimulated = true }) {
        for index in 0..<40 {
          let length = (index * 17) % 40 + 1
          spawn {
            sleep(for: .milliseconds(length))
            log.note(length)
          }
        }
      }
      #expect(log.entries == Array(1...40))
    }

    @Test("Nobody wakes before its time, and everybody wakes", arguments: RuntimeTests.processorCounts)
    func sleepsLongEnough(processors: Int) throws {
      let early = Word(), woken = Word()
      try run(processors: processors) {
        for index in 0..<100 {
          spawn {
            for nap in 1...3 {
              let length = UInt64((index * 7 + nap * 3) % 10 + 1) * 100_000
              let before = ck_monotonic_ns()
              sleep(for: .nanoseconds(Int(length)))
              // The counter's rate was measured to some parts in a thousand.
              if ck_monotonic_ns() - before < length - length / 50 { early.add() }
              woken.add()
            }
          }
        }
      }
      #expect(early.value == 0)
      #expect(woken.value == 300)
    }

    @Test("A sleep of no length, or less, lets others run")
    func noLength() throws {
      try run(processors: 1) {
        let ran = Word()
        spawn { ran.add() }
        sleep(for: .zero)
        #expect(ran.value == 1)
        spawn { ran.add() }
        sleep(for: .seconds(-5))
        #expect(ran.value == 2)
      }
    }

    /// With fewer processors than blocked fibers, the pipes are only written when the processors were handed on.
    @Test("Blocking calls hand their processors on", arguments: [(1, 1), (1, 8), (2, 16), (8, 24)])
    func handsOff(processors: Int, blocked: Int) throws {
      let read = Word()
      try run(processors: processors) {
        var pipes: [[Int32]] = []
        for _ in 0..<blocked {
          var ends: [Int32] = [0, 0]
          #expect(pipe(&ends) == 0)
          pipes.append(ends)
          let input = ends[0]
          spawn {
            var byte: UInt8 = 0
            if blocking("read", { Glibc.read(input, &byte, 1) }) == 1, byte == 42 { read.add() }
            close(input)
          }
        }
        spawn { [pipes] in
          for ends in pipes {
            var byte: UInt8 = 42
            #expect(write(ends[1], &byte, 1) == 1)
            close(ends[1])
            yield()
          }
        }
      }
      #expect(read.value == blocked)
    }

    @Test("A fiber that waits for others without a call is asked to let them run at its checkpoint")
    func checkpoints() throws {
      let flag = Word()
      try run(processors: 1) {
        spawn { flag.add() }
        while flag.value == 0 { checkpoint() }
      }
      #expect(flag.value == 1)
    }

    /// Without that, nobody would ever raise the flag.
    @Test("Fibers that never call lose their processors to others", arguments: [1, 2, 8])
    func detaches(processors: Int) throws {
      let flag = Word(), done = Word()
      try run(processors: processors) {
        for _ in 0..<processors {
          spawn {
            while flag.value == 0 {}
            done.add()
          }
        }
        spawn {
          yield()
          flag.value = 1
        }
      }
      #expect(done.value == processors)
    }

    /// What comes from runnext inherits the slice; once that is over, the others' turn comes.
    @Test("Two fibers that wake each other keep no third out", arguments: [false, true])
    func pairs(isTraced: Bool) throws {
      let flag = Word()
      try run(
        processors: 1,
        {
          if isTraced {
            $0.trace = TraceConfiguration()
            $0.trace?.isLossless = false
          }
        }
      ) {
        let there = Channel<Int>(), back = Channel<Int>()
        spawn {
          for value in there { back.send(value) }
          back.close()
        }
        spawn {
          while flag.value == 0 {
            there.send(1)
            _ = back.receive()
          }
          there.close()
        }
        spawn {
          yield()
          flag.value = 1
        }
      }
      #expect(flag.value == 1)
    }

    @Test("Whatever it calls, a fiber that has lost its processor goes on with another", arguments: [false, true])
    func rejoins(isTraced: Bool) throws {
      let calls: [@Sendable (Channel<Int>, Mutex, WaitGroup) -> Void] = [
        { _, _, _ in yield() }, { _, _, _ in checkpoint() }, { _, _, _ in sleep(for: .microseconds(10)) },
        { channel, _, _ in channel.send(1) }, { channel, _, _ in _ = channel.receive() },
        { channel, _, _ in channel.close() }, { _, mutex, _ in mutex.withLock {} },
        { _, _, group in group.add() }, { _, _, group in group.wait() }, { _, _, _ in spawn {} },
        { _, _, _ in _ = blocking { 1 } }, { _, _, _ in _ = Channel<Int>(capacity: 1) }, { _, _, _ in },
      ]
      for call in calls {
        let flag = Word(), done = Word()
        try run(
          processors: 1,
          {
            if isTraced {
              $0.trace = TraceConfiguration()
              $0.trace?.isLossless = false
            }
          }
        ) {
          let channel = Channel<Int>(capacity: 2), mutex = Mutex(), group = WaitGroup()
          channel.send(1)
          spawn {
            while flag.value == 0 {}
            call(channel, mutex, group)
            done.add()
          }
          spawn { flag.value = 1 }
        }
        #expect(done.value == 1)
      }
    }

    @Test("A deadlock names every fiber and what it waits on", arguments: [1, 2, 8])
    func deadlock(processors: Int) throws {
      let ids = Log<[String: UInt32]>()
      do {
        try run(
          processors: processors,
          {
            $0.trace = TraceConfiguration()
            $0.trace?.isLossless = false
          }
        ) {
          let channel = Channel<Int>(), full = Channel<Int>(capacity: 1)
          let mutex = Mutex(), group = WaitGroup()
          ids.note([
            "channel": channel.core.pointee.id, "full": full.core.pointee.id, "mutex": mutex.id, "group": group.id,
          ])
          full.send(1)
          mutex.lock()
          group.add()
          spawn(name: "receiver") { _ = channel.receive() }
          spawn(name: "sender") { full.send(2) }
          spawn(name: "locker") { mutex.lock() }
          spawn(name: "waiter") { group.wait() }
          waitForAllOthers()
        }
        Issue.record("the run should have ended in a deadlock")
      } catch RuntimeError.deadlock(let report) {
        let ids = try #require(ids.entries.first)
        #expect(Set(ids.values).count == 4 && !ids.values.contains(0))
        let words = Dictionary(uniqueKeysWithValues: report.waiters.map { ($0.name, $0.waitsOn) })
        #expect(
          words == [
            "main": "all other fibers", "receiver": "a value on channel \(ids["channel"]!)",
            "sender": "a receiver on channel \(ids["full"]!)", "locker": "lock \(ids["mutex"]!)",
            "waiter": "wait group \(ids["group"]!)",
          ])
        #expect(report.waiters.map(\.fiber) == report.waiters.map(\.fiber).sorted())
      }
    }

    @Test("A run whose fibers only sleep, or block in the kernel, is no deadlock")
    func noDeadlock() throws {
      try run(processors: 2) {
        sleep(for: .milliseconds(2))
        _ = blocking { usleep(2_000) }
      }
    }
  }
}
