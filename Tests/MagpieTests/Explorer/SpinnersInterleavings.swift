import Testing

@testable import Magpie

extension RuntimeTests {
  /// Machines that make work, spin, give up and sleep, in every interleaving: no work is forgotten.
  @Suite("Interleavings of waking and giving up", Explorer.isWorthwhile)
  struct SpinnersInterleavings {
    /// Processors, machines and what they share, with the steps of Machine+Wake and Machine+Search in short.
    final class Floor {
      typealias Word32 = AtomicWord<UInt32, ExploredMemory>
      struct Machine {
        let parker: UnsafeMutablePointer<Parker<ExploredMemory>>
        /// The processor that it is given, plus one.
        let given: UnsafeMutablePointer<Word32>
      }

      let world: Explorer
      let lock: UnsafeMutablePointer<Lock<ExploredMemory>>
      let spinners: UnsafeMutablePointer<Spinners<ExploredMemory>>
      let queues: [UnsafeMutablePointer<LocalQueue<ExploredMemory>>]
      let machines: [Machine]
      let listed: UnsafeMutablePointer<PlainMemory<ExploredMemory>>
      // Under the lock.
      private var idleProcessors: [Int]
      private var idleMachines: [Int]
      private var taken: [[UInt32]]

      /// - Parameter idle: processors, and machines that sleep.
      init(_ world: Explorer, processors: Int, idle: [Int], machines: Int, sleeping: [Int], spinning: Int) {
        self.world = world
        lock = world.make(Lock())
        spinners = world.make(Spinners(idle: idle.count))
        for _ in 0..<spinning { spinners.pointee.begin() }
        queues = (0..<processors).map { _ in world.make(LocalQueue()) }
        self.machines = (0..<machines).map { _ in
          Machine(parker: world.make(Parker()), given: world.make(Word32(0, "given")))
        }
        listed = world.make(PlainMemory("idle lists"))
        idleProcessors = idle
        idleMachines = sleeping
        taken = Array(repeating: [], count: machines)
      }

      /// As `ready`: into runnext, and what was there to the tail.
      func makeWork(_ fiber: UInt32, on processor: Int) {
        let (_, displaced) = queues[processor].pointee.putNext(fiber)
        if displaced != 0, case .slot(let slot) = queues[processor].pointee.fill(UInt64(displaced)) {
          queues[processor].pointee.publish(to: slot &+ 1)
        }
        wakeOne()
      }

      func wakeOne() {
        if spinners.pointee.areEnough { return }
        guard spinners.pointee.beginFirst(pause: {}) else { return }
        lock.pointee.lock()
        guard let processor = takeIdle() else {
          spinners.pointee.need()
          lock.pointee.unlock()
          return spinners.pointee.end()
        }
        guard let machine = idleMachines.popLast() else { return world.fail("no machine is left") }
        lock.pointee.unlock()
        machines[machine].given.pointee.store(UInt32(processor + 1), .releasing)
        _ = machines[machine].parker.pointee.wake()
      }

      private func takeIdle() -> Int? {
        listed.pointee.write()
        guard let processor = idleProcessors.popLast() else { return nil }
        spinners.pointee.endIdle()
        return processor
      }

      /// A machine that has just found nothing in its own queue, or sleeps, until it has found a fiber.
      func search(_ machine: Int, processor: Int?, spinning: Bool, givesUp: Bool) {
        var (processor, isSpinning, givesUp) = (processor, spinning, givesUp)
        while true {
          guard let own = processor else {
            processor = awaitGift(machine)
            isSpinning = true
            continue
          }
          if !givesUp {
            if !isSpinning, 2 * spinners.pointee.count < queues.count - spinners.pointee.idleProcessorCount {
              spinners.pointee.begin()
              isSpinning = true
            }
            if isSpinning, let fiber = steal(own) {
              taken[machine].append(fiber)
              spinners.pointee.end()
              return wakeOne()
            }
          }
          givesUp = false
          lock.pointee.lock()
          if isSpinning {
            spinners.pointee.beginIdle()
          } else if !world.leavesOut("look at who is needed"), !spinners.pointee.mayIdle() {
            lock.pointee.unlock()
            spinners.pointee.begin()
            isSpinning = true
            continue
          }
          listed.pointee.write()
          idleProcessors.append(own)
          processor = nil
          if isSpinning {
            lock.pointee.unlock()
            isSpinning = false
            spinners.pointee.end()
            if !world.leavesOut("second look"), queues.contains(where: { !$0.pointee.isEmpty }) {
              lock.pointee.lock()
              processor = takeIdle()
              if processor == nil { spinners.pointee.need() }
              lock.pointee.unlock()
              if processor != nil {
                spinners.pointee.begin()
                isSpinning = true
                continue
              }
            }
            lock.pointee.lock()
          }
          listed.pointee.write()
          idleMachines.append(machine)
          lock.pointee.unlock()
        }
      }

      /// As `sleepIdle`.
      private func awaitGift(_ machine: Int) -> Int {
        while machines[machine].given.pointee.load(.relaxed) == 0 {
          _ = machines[machine].parker.pointee.sleep { -1 }
        }
        return Int(machines[machine].given.pointee.exchange(0, .acquiring)) - 1
      }

      private func steal(_ own: Int) -> UInt32? {
        for victim in queues.indices where victim != own {
          if let loot = queues[own].pointee.steal(from: queues[victim].pointee, share: { $0 &- $0 / 2 }, pause: {}) {
            return UInt32(loot.fiber)
          }
          if case .taken(let fiber, _) = queues[victim].pointee.stealNext(pause: {}) { return fiber }
        }
        return nil
      }

      func check() {
        let waits = queues.contains { !$0.pointee.isEmpty }
        world.expect(!waits || idleProcessors.isEmpty, "work waits while processor \(idleProcessors) is idle for ever")
        world.expect(spinners.pointee.count == 0, "\(spinners.pointee.count) spin who have ended")
        world.expect(
          spinners.pointee.idleProcessorCount == idleProcessors.count,
          "\(spinners.pointee.idleProcessorCount) idle, but \(idleProcessors) are")
      }
    }

    /// The one who makes work has a processor, another is about to give its own up.
    private func lastSpinner(spinning: Bool, pieces: Int, mutation: Mutation? = nil) -> Explorer.Result {
      Explorer.explore(slotCount: 2, mutation: mutation, locksBlock: true) { world in
        let floor = Floor(
          world, processors: 2, idle: [], machines: 3, sleeping: [2], spinning: spinning ? 1 : 0)
        world.thread("maker") { for piece in 1...pieces { floor.makeWork(UInt32(piece), on: 0) } }
        world.thread("seeker") { floor.search(1, processor: 1, spinning: spinning, givesUp: !spinning) }
        world.thread("sleeper") { floor.search(2, processor: nil, spinning: false, givesUp: false) }
        world.atEnd { floor.check() }
      }
    }

    @Test("Work that is made while the last spinner gives up is found")
    func spinner() {
      expectSound("one makes work, one spins and gives up, one sleeps", lastSpinner(spinning: true, pieces: 1))
    }

    @Test("Work that is made while one gives up who has not spun is found")
    func needed() {
      expectSound("one makes work, one gives up without spinning, one sleeps", lastSpinner(spinning: false, pieces: 1))
    }

    @Test("Two pieces of work wake as many as can run them")
    func twoPieces() {
      expectSound("one makes two pieces, one gives up, one sleeps", lastSpinner(spinning: false, pieces: 2))
      guard Explorer.isThorough else { return }
      expectSound("one makes two pieces, one spins, one sleeps", lastSpinner(spinning: true, pieces: 2))
    }

    @Test(
      "Broken waking is found out",
      arguments: [
        .leavesOut("second look"), .leavesOut("look at who is needed"),
        .weakens("spinning", .change, .acquiringAndReleasing), .weakens("spinning", .load, .acquiring),
        .weakens("runNext", .compareExchange, .acquiringAndReleasing), .weakens("runNext", .load, .acquiring),
        .weakens("needed", .store, .releasing), .weakens("needed", .load, .acquiring),
        .weakens("idle", .change, .acquiringAndReleasing), .weakens("idle", .load, .acquiring),
      ] as [Mutation])
    func broken(_ mutation: Mutation) throws {
      try expectFound(
        mutation,
        [
          lastSpinner(spinning: true, pieces: 1, mutation: mutation),
          lastSpinner(spinning: false, pieces: 1, mutation: mutation),
        ])
    }
  }
}
