import Testing

@testable import Magpie

extension RuntimeTests {
  /// The runtime's lock and the parker, in every interleaving.
  @Suite("Interleavings of the lock and the parker", Explorer.isWorthwhile)
  struct WakingInterleavings {
    typealias Cell = AtomicWord<UInt32, ExploredMemory>
    typealias Guarded = PlainMemory<ExploredMemory>

    /// - Parameter forgetful: how many of the threads give it back as one that may be freed.
    private func lock(
      threads: Int, forgetful: Int = 0, rounds: Int, mutation: Mutation? = nil
    ) -> Explorer.Result {
      Explorer.explore(mutation: mutation, stateLimit: 10_000_000) { world in
        let lock = world.make(Lock<ExploredMemory>()), data = world.make(Guarded("data"))
        for number in 1...threads {
          world.thread("holder \(number)") {
            for _ in 0..<rounds {
              lock.pointee.lock()
              data.pointee.write()
              if number <= forgetful { lock.pointee.unlockAndForget() } else { lock.pointee.unlock() }
            }
          }
        }
        world.atEnd {
          for number in 1...threads { world.expect(!world.isAsleep("holder \(number)"), "one waits for ever") }
        }
      }
    }

    @Test("A lock has one holder, and nobody waits for ever who wants it")
    func lock() {
      for forgetful in 0...2 {
        expectSound(
          "two take a lock twice each, \(forgetful) of them forget it",
          lock(threads: 2, forgetful: forgetful, rounds: Explorer.isThorough ? 3 : 2))
      }
      // With fewer who forget it these are the larger ones: six million states, a minute.
      for forgetful in (Explorer.isThorough ? 0 : 3)...3 {
        expectSound(
          "three take a lock, \(forgetful) of them forget it", lock(threads: 3, forgetful: forgetful, rounds: 1))
      }
    }

    @Test(
      "Broken locks are found out",
      arguments: [
        .weakens("lock", .change, .relaxed), .weakens("lock", .compareExchange, .relaxed),
        .weakens("lock", .store, .relaxed), .tears("lock"), .omitsWakes("lock"), .omitsBarriers,
      ] as [Mutation])
    func brokenLock(_ mutation: Mutation) throws {
      try expectFound(
        mutation,
        [0, 2].map { lock(threads: 2, forgetful: $0, rounds: 2, mutation: mutation) })
    }

    /// One sleeps until it was woken, and looks at what others gave; somebody may make it look at the time meanwhile.
    private func parker(
      place: Parker<ExploredMemory>.Place, givers: Int, looks: Bool, mutation: Mutation? = nil
    ) -> Explorer.Result {
      Explorer.explore(mutation: mutation) { world in
        let parker = world.make(Parker<ExploredMemory>()), event = world.make(Cell(0, "event"))
        let gifts = (0..<givers).map { _ in world.make(Cell(0, "gift")) }, data = world.make(Guarded("data"))
        let time = world.make(Cell(0, "time"))
        func limit() -> Int64? { looks && time.pointee.load(.relaxed) == 1 ? nil : -1 }
        // As the kernel's event: what came before it is raised is seen by who clears it.
        func interrupt() {
          event.pointee.store(1, .releasing)
          ExploredMemory.wakeOne(event.pointee)
        }
        // As `sleepUntilWoken`, and as `sleepInNetpoll`.
        func sleep() -> Bool {
          if place == .futex { return parker.pointee.sleep(limit: limit) }
          while true {
            guard let seen = parker.pointee.look(), let limit = limit() else { break }
            if !world.leavesOut("announcement") {
              guard parker.pointee.announce(.poller, seen) else { continue }
            }
            ExploredMemory.wait(event.pointee, 0, limit)
            _ = event.pointee.exchange(0, .acquiring)
          }
          return parker.pointee.endSleep()
        }
        world.thread("sleeper") {
          var received = 0
          while received < givers || givers == 0 {
            // The time has come.
            guard sleep() else { return }
            if givers == 1 { data.pointee.read() }
            received = gifts.count { $0.pointee.load(.relaxed) == 1 }
          }
        }
        for (number, gift) in gifts.enumerated() {
          world.thread("giver \(number + 1)") {
            if givers == 1 { data.pointee.write() }
            gift.pointee.store(1, .relaxed)
            if parker.pointee.wake() { interrupt() }
          }
        }
        if looks {
          world.thread("clock") {
            time.pointee.store(1, .relaxed)
            if parker.pointee.lookAgain() { interrupt() }
          }
        }
        world.atEnd { world.expect(!world.isAsleep("sleeper"), "asleep for ever") }
      }
    }

    @Test(
      "Who is woken wakes, and sees what was given", arguments: [.futex, .poller] as [Parker<ExploredMemory>.Place])
    func parker(place: Parker<ExploredMemory>.Place) {
      expectSound("one sleeps (\(place)), one wakes it", parker(place: place, givers: 1, looks: false))
      expectSound("one sleeps (\(place)), two wake it", parker(place: place, givers: 2, looks: false))
      expectSound("one sleeps (\(place)), the clock moves", parker(place: place, givers: 0, looks: true))
      expectSound("one sleeps (\(place)), one wakes it, the clock moves", parker(place: place, givers: 1, looks: true))
    }

    @Test(
      "Broken parkers are found out",
      arguments: [
        .weakens("parker", .change, .relaxed), .weakens("parker", .load, .relaxed), .tears("parker"),
        .omitsWakes("parker"), .leavesOut("announcement"),
      ] as [Mutation])
    func brokenParker(_ mutation: Mutation) throws {
      try expectFound(
        mutation,
        [
          parker(place: .futex, givers: 0, looks: true, mutation: mutation),
          parker(place: .futex, givers: 1, looks: false, mutation: mutation),
          parker(place: .poller, givers: 1, looks: true, mutation: mutation),
        ])
    }
  }
}
