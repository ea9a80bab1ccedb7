import CKernel
import Testing

@testable import Magpie

extension RuntimeTests {
  /// More and fewer processors while fibers run, and fibers that are locked to their machines.
  @Suite("The number of processors, and locked fibers")
  struct ResizeTests {
    /// The most fibers that ever ran at the same time, of some that all compute.
    private func widest(_ count: Int) -> Int {
      let inside = Word(), most = Word(), group = WaitGroup()
      group.add(4 * count)
      for _ in 0..<(4 * count) {
        spawn {
          // Waits until as many run as may: a condition, not a time.
          most.raise(to: inside.add())
          while most.value < count { checkpoint() }
          inside.add(-1)
          group.done()
        }
      }
      group.wait()
      return most.value
    }

    @Test("As many fibers run at once as there should, more or fewer than before")
    func widths() throws {
      let seen = Log<Int>()
      try run(processors: 2) {
        for count in [2, 5, 1, 3] {
          setProcessorCount(count)
          seen.note(widest(count))
        }
        seen.note(setProcessorCount(256))
        seen.note(setProcessorCount(1))
      }
      #expect(zip(seen.entries, [2, 5, 1, 3]).allSatisfy { $0 >= $1 })
      #expect(seen.entries.suffix(2) == [3, 256])
    }

    @Test("On one processor nothing runs beside the one that runs", arguments: [2, 8])
    func narrow(processors: Int) throws {
      let inside = Word(), most = Word()
      try run(processors: processors) {
        setProcessorCount(1)
        // What was running has retired once this one has seen the others let go: the next fibers all run on P0.
        let scheduler = MachineRef.current!.scheduler
        while scheduler.pointee.processorCount.load(ordering: .sequentiallyConsistent) > 1 { yield() }
        for _ in 0..<20 {
          spawn {
            for _ in 0..<50 {
              most.raise(to: inside.add())
              inside.add(-1)
              yield()
            }
          }
        }
      }
      #expect(most.value == 1)
    }

    @Test("Timers of a processor that has retired fire while all others are busy")
    func timers() throws {
      let fired = Word()
      try run(processors: 4) {
        for _ in 0..<16 {
          spawn {
            sleep(for: .milliseconds(5))
            fired.add()
          }
        }
        yield()
        setProcessorCount(1)
        // Busy until all have fired; nobody is idle meanwhile.
        while fired.value < 16 { checkpoint() }
      }
      #expect(fired.value == 16)
    }

    @Test("Seeds of ups and downs are clean")
    func seeds() throws {
      for seed in 1...rounds(200) {
        let sum = Word()
        try run(Runtime(simulation(seed))) {
          for fiber in 0..<6 {
            spawn {
              for round in 0..<6 {
                setProcessorCount(1 + (fiber * 7 + round * 3 + seed) % 9)
                if round % 2 == 0 { yield() } else { sleep(for: .microseconds(round)) }
                spawn { sum.add() }
              }
            }
          }
        }
        #expect(sum.value == 36)
      }
    }

    @Test("A locked fiber stays on its thread, whatever it waits for", arguments: RuntimeTests.processorCounts)
    func locked(processors: Int) throws {
      let moved = Word(), strangers = Word(), mine = Word()
      try run(processors: processors) {
        let channel = Channel<Int>()
        spawn {
          lockToMachine {
            let home = ck_thread_id()
            mine.value = Int(home)
            for round in 0..<rounds(200) {
              switch round % 5 {
              case 0: yield()
              case 1: sleep(for: .microseconds(10))
              case 2: _ = channel.receive()
              case 3: blocking {}
              default: lockToMachine { yield() }
              }
              if ck_thread_id() != home { moved.add() }
            }
          }
          mine.value = 0
        }
        for _ in 0..<4 {
          spawn {
            while mine.value == 0 { yield() }
            while mine.value != 0 {
              // Nobody else runs on that thread.
              if Int(ck_thread_id()) == mine.value { strangers.add() }
              _ = select {
                send(1, on: channel) { true }
                timeout(after: .microseconds(20)) { false }
              }
            }
          }
        }
      }
      #expect(moved.value == 0)
      #expect(strangers.value == 0)
    }

    @Test("A deadlock is seen where a locked fiber waits, too")
    func deadlock() throws {
      let runtime = Runtime(Configuration(processors: 2))
      do {
        try run(runtime) {
          let channel = Channel<Int>()
          lockToMachine { _ = channel.receive() }
        }
        Issue.record("no deadlock")
      } catch RuntimeError.deadlock(let report) {
        #expect(report.waiters.count == 1)
      }
    }
  }
}
