import CKernel
import Glibc
import MagpieTrace
import Testing

@testable import Magpie

extension RuntimeTests {
  /// A queue a thread, and permits: what only that era does.
  @Suite("A queue a thread")
  struct DistributedTests {
    private func distributed(_ permits: Int) -> Configuration {
      var configuration = Configuration(processors: permits)
      configuration.era = .distributed
      return configuration
    }

    private func simulated(_ seed: Int, _ permits: Int? = nil) -> Configuration {
      var configuration = simulation(seed, permits)
      configuration.era = .distributed
      return configuration
    }

    @Test("What stands behind a call is run by others at once, with one permit too", arguments: [1, 2, 4])
    func leftBehind(permits: Int) throws {
      for _ in 0..<rounds(100) {
        let ran = Word()
        try run(Runtime(distributed(permits))) {
          var ends: [Int32] = [-1, -1]
          precondition(pipe(&ends) == 0)
          let (reading, writing) = (ends[0], ends[1])
          // Behind whoever runs first now: put by yields, which wake nobody.
          for _ in 0..<3 {
            spawn {
              yield()
              if ran.add() == 3 { close(writing) }
            }
          }
          yield()
          // Only they end it.
          _ = blocking { () -> Int in
            var byte: UInt8 = 0
            return read(reading, &byte, 1)
          }
          close(reading)
        }
        #expect(ran.value == 3)
      }
    }

    @Test("No more fibers run at once than there are permits, whoever comes back from calls", arguments: [1, 3])
    func permits(_ permits: Int) throws {
      let inside = Word(), most = Word()
      try run(Runtime(distributed(permits))) {
        for fiber in 0..<20 {
          spawn {
            for round in 0..<rounds(30) {
              _ = blocking { usleep(UInt32((fiber + round) % 5) * 50) }
              most.raise(to: inside.add())
              for _ in 0..<50 { ck_pause() }
              inside.add(-1)
            }
          }
        }
      }
      #expect(most.value <= permits)
      #expect(most.value >= 1)
    }

    @Test("A sleeper wakes though the thread with its timer is in a call, and all permits are busy")
    func timers() throws {
      for seed in 1...rounds(100) {
        let order = Log<String>()
        try run(Runtime(simulated(seed, 1))) {
          spawn {
            sleep(for: .milliseconds(1))
            order.note("sleeper")
          }
          yield()
          for _ in 0..<2 {
            spawn {
              for _ in 0..<1_000 {
                compute(for: .microseconds(100))
                yield()
              }
              order.note("busy")
            }
          }
          blocking {}
        }
        #expect(order.entries.first == "sleeper", "seed \(seed)")
      }
    }

    @Test("Each machine has its own queue, for ever, and the permits are all free in the end", arguments: [1, 4])
    func queues(permits: Int) throws {
      let runtime = Runtime(distributed(permits))
      let strangers = Word()
      try run(runtime) {
        for _ in 0..<50 {
          spawn {
            for _ in 0..<20 {
              blocking {}
              let machine = MachineRef.current!
              if machine.pointee.processor != machine.ownQueue { strangers.add() }
            }
          }
        }
      }
      #expect(strangers.value == 0)
      #expect(runtime.scheduler.allProcessors.count == runtime.machinesMade)
      #expect(runtime.scheduler.pointee.processorCount.load(ordering: .relaxed) == permits)
    }

    @Test("More permits and fewer, under seeds: all that was spawned runs")
    func resizes() throws {
      for seed in 1...rounds(200) {
        let sum = Word()
        try run(Runtime(simulated(seed))) {
          for fiber in 0..<6 {
            spawn {
              for round in 0..<6 {
                setProcessorCount(1 + (fiber * 7 + round * 3 + seed) % 9)
                if round % 2 == 0 { blocking {} } else { sleep(for: .microseconds(round)) }
                spawn { sum.add() }
              }
            }
          }
        }
        #expect(sum.value == 36)
      }
    }

    @Test("As many permits as there should be are there once those that are too many were given up", arguments: [1, 5])
    func counts(_ count: Int) throws {
      let runtime = Runtime(distributed(3))
      let seen = Word()
      try run(runtime) {
        for _ in 0..<20 {
          spawn {
            for _ in 0..<50 {
              blocking {}
              yield()
            }
          }
        }
        setProcessorCount(count)
        let scheduler = MachineRef.current!.scheduler
        while scheduler.pointee.processorCount.load(ordering: .sequentiallyConsistent) != count { yield() }
        seen.value = scheduler.pointee.retiresFrom.load(ordering: .relaxed) == .max ? count : 0
      }
      #expect(seen.value == count)
    }

    @Test("A locked fiber stays on its thread, whoever finds it", arguments: [1, 2, 8])
    func locked(permits: Int) throws {
      let moved = Word()
      try run(Runtime(distributed(permits))) {
        for _ in 0..<3 {
          spawn {
            lockToMachine {
              let home = ck_thread_id()
              for round in 0..<rounds(100) {
                switch round % 3 {
                case 0: yield()
                case 1: sleep(for: .microseconds(10))
                default: blocking {}
                }
                if ck_thread_id() != home { moved.add() }
              }
            }
          }
        }
      }
      #expect(moved.value == 0)
    }

    @Test("A run that wants more threads than there may be queues ends with that limit")
    func limit() throws {
      var configuration = distributed(2)
      configuration.maximumMachines = 40
      do {
        try run(Runtime(configuration)) {
          for _ in 0..<100 { spawn { _ = blocking { usleep(1_000_000) } } }
        }
        Issue.record("more machines than there may be")
      } catch RuntimeError.limit(let limit) {
        #expect("\(limit)".contains("40"))
      }
    }

    // MARK: What the lab measures

    /// Makes so many machines that block, and runs `body` on the first fiber beside them.
    private func beside(
      _ count: Int, _ configuration: Configuration, _ body: @escaping @Sendable (Runtime) -> Void
    ) throws {
      let runtime = Runtime(configuration)
      try run(runtime) {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let calls = WaitGroup()
        calls.add(count)
        for _ in 0..<count {
          spawn {
            // A few short fibers leave their stacks in this thread's cache.
            let group = WaitGroup()
            group.add(3)
            for _ in 0..<3 { spawn { group.done() } }
            group.wait()
            _ = blocking { () -> Int in
              var byte: UInt8 = 0
              return read(reading, &byte, 1)
            }
            calls.done()
          }
        }
        repeat {
          StealProbe.awaitCalm(of: runtime)
        } while runtime.machineNotes.count(where: { $0 == .inBlockingCall }) < count
        body(runtime)
        close(writing)
        calls.wait()
        close(reading)
      }
    }

    @Test(
      "The probe steals from a thread that sleeps, beside any number in calls, and gives it back",
      arguments: [0, 5, 60])
    func probe(count: Int) throws {
      let searches = Word(), sleepers = Log<Int>()
      try beside(count, distributed(2)) { runtime in
        for _ in 0..<3 {
          if StealProbe.search(50, on: runtime) != nil { searches.add() }
        }
        // In the end nobody runs but this one: all others are on the idle list, in the poller, or in their calls.
        let scheduler = MachineRef.current!.scheduler
        var asleep = 0
        repeat {
          StealProbe.awaitCalm(of: runtime)
          let isPolled = scheduler.pointee.netpollMachine.load(ordering: .relaxed) != 0
          scheduler.pointee.lock.lock()
          asleep = scheduler.locked.pointee.idleMachineCount + (isPolled ? 1 : 0)
          scheduler.pointee.lock.unlock()
        } while asleep != runtime.machinesMade - 2 - count
        sleepers.note(asleep)
      }
      #expect(searches.value == 3)
      #expect(sleepers.entries.count == 1)
    }

    @Test("The probe loses no fiber among machines that do not rest", arguments: [Era.mpn, .distributed])
    func probeAmongOthers(era: Era) throws {
      var configuration = Configuration(processors: 3)
      configuration.era = era
      let ran = Word()
      try run(Runtime(configuration)) {
        let group = WaitGroup()
        group.add(2)
        for _ in 0..<2 {
          spawn {
            for _ in 0..<rounds(2_000) {
              group.add()
              spawn {
                ran.add()
                group.done()
              }
              yield()
            }
            group.done()
          }
        }
        for _ in 0..<rounds(2_000) {
          _ = StealProbe.searchOnce(10)
          yield()
        }
        group.wait()
      }
      #expect(ran.value == 2 * rounds(2_000))
    }

    @Test(
      "There is a cache a P, or a thread; what lies idle in them can be given back", arguments: [Era.mpn, .distributed])
    func caches(era: Era) throws {
      var configuration = Configuration(processors: 3)
      configuration.era = era
      let counts = Log<Int>(), bytes = Log<Int>()
      try beside(20, configuration) { runtime in
        for _ in 0..<2 {
          let visit = runtime.visitCaches()
          counts.note(visit.count)
          bytes.note(visit.heldBytes)
          runtime.reclaimCaches()
        }
        if era == .distributed { counts.note(runtime.machinesMade - 1) }
        // Stacks that were given back are as good as before.
        let group = WaitGroup()
        group.add(100)
        for _ in 0..<100 { spawn { group.done() } }
        group.wait()
      }
      let (seen, held) = (counts.entries, bytes.entries)
      if era == .mpn {
        #expect(seen == [3, 3])
      } else {
        #expect(seen[0] > 20 && seen[0] == seen[2])
      }
      // The records of free fibers stay.
      #expect(held[0] > held[1], "\(held)")
      #expect(held[0] >= 4_096)
    }
  }
}
