import Testing

@testable import Magpie

extension RuntimeTests {
  /// The channel's core and the claim of a fiber that selects, in every interleaving.
  @Suite("Interleavings of channels and selects", Explorer.isWorthwhile)
  struct ChannelInterleavings {
    typealias Core = ChannelCore<ExploredMemory>
    typealias Waiting = Waiter<ExploredMemory>
    typealias Guarded = PlainMemory<ExploredMemory>

    /// A fiber with room for one value, and how it sleeps and is made ready.
    final class Player {
      let world: Explorer
      let awake: UnsafeMutablePointer<AtomicWord<UInt32, ExploredMemory>>
      let claim: UnsafeMutablePointer<Claim<ExploredMemory>>
      /// Its waiters, one a case, and for each a value; both lie on its stack.
      let waiters: [UnsafeMutablePointer<Waiting>]
      let slots: [UnsafeMutablePointer<Int>]
      let stack: UnsafeMutablePointer<Guarded>
      var received: [Int] = []

      init(_ world: Explorer, cases: Int = 1) {
        self.world = world
        awake = world.make(AtomicWord(0, "ready"))
        let claim = world.make(Claim<ExploredMemory>())
        self.claim = claim
        stack = world.make(PlainMemory("stack"))
        let fiber = FiberRef(bitPattern: 64)!
        let slots = (0..<cases).map { _ in world.make(0) }
        self.slots = slots
        waiters = slots.indices.map {
          let slot = UnsafeMutableRawPointer(slots[$0])
          return world.make(
            cases == 1 ? Waiting(fiber, slot) : Waiting(fiber, slot, claim: claim, number: UInt32($0 + 1)))
        }
      }

      /// The machine has left its stack, and gives the locks back.
      func park(_ unlock: () -> Void) {
        unlock()
        while awake.pointee.load(.acquiring) == 0 { ExploredMemory.wait(awake.pointee, 0, -1) }
        stack.pointee.write()
      }

      /// Called by its waker, who wakes it once.
      func ready() {
        world.expect(awake.pointee.exchange(1, .releasing) == 0, "a fiber is made ready twice")
        ExploredMemory.wakeOne(awake.pointee)
      }
    }

    /// A channel of numbers, with the fibers that may wait there.
    final class Line {
      let core: UnsafeMutablePointer<Core>
      private var buffer: [Int]
      private let players: () -> [Player]

      init(_ world: Explorer, capacity: Int, _ players: @escaping () -> [Player]) {
        core = world.make(Core(capacity: capacity))
        buffer = Array(repeating: 0, count: capacity)
        self.players = players
      }

      private func player(of waiter: UnsafeMutablePointer<Waiting>) -> Player {
        let player = players().first { $0.waiters.contains(waiter) }!
        // Its stack is the waker's until it goes on.
        player.stack.pointee.write()
        return player
      }

      private func slot(_ waiter: UnsafeMutablePointer<Waiting>) -> UnsafeMutablePointer<Int> {
        waiter.pointee.slot.assumingMemoryBound(to: Int.self)
      }

      /// As `Channel.send`.
      func send(_ value: Int, _ own: Player) {
        core.pointee.lock.lock()
        if trySend(value) { return }
        own.stack.pointee.write()
        own.slots[0].pointee = value
        core.append(own.waiters[0], sends: true)
        own.park { core.pointee.lock.unlockAndForget() }
      }

      /// With the lock, which is given back if it succeeds.
      func trySend(_ value: Int) -> Bool {
        switch core.placeToSend() {
        case .buffer(let index, _):
          buffer[index] = value
          core.pointee.lock.unlock()
        case .waiter(let receiver):
          let partner = player(of: receiver)
          slot(receiver).pointee = value
          core.pointee.lock.unlock()
          partner.ready()
        case .closed, .none: return false
        }
        return true
      }

      /// As `Channel.receive`. - Returns: nil when it is closed and empty.
      func receive(_ own: Player) -> Int? {
        core.pointee.lock.lock()
        switch core.placeToReceive() {
        case .buffer(let index, let sender):
          let value = buffer[index]
          let partner = sender.map(player(of:))
          if let sender { buffer[index] = slot(sender).pointee }
          core.pointee.lock.unlock()
          partner?.ready()
          return value
        case .waiter(let sender):
          let partner = player(of: sender)
          let value = slot(sender).pointee
          core.pointee.lock.unlock()
          partner.ready()
          return value
        case .closed:
          core.pointee.lock.unlock()
          return nil
        case .none:
          own.stack.pointee.write()
          core.append(own.waiters[0], sends: false)
          own.park { core.pointee.lock.unlockAndForget() }
          return own.waiters[0].pointee.succeeded ? own.slots[0].pointee : nil
        }
      }

      func close() {
        core.pointee.lock.lock()
        _ = core.close()
        var partners: [Player] = []
        while let waiter = core.popReceiver() { partners.append(player(of: waiter)) }
        core.pointee.lock.unlock()
        for partner in partners { partner.ready() }
      }
    }

    private func transfer(
      senders: Int, receivers: Int, capacity: Int, closes: Bool = false, mutation: Mutation? = nil
    ) -> Explorer.Result {
      Explorer.explore(mutation: mutation, locksBlock: true) { world in
        let players = (0..<senders + receivers).map { _ in Player(world) }
        let line = Line(world, capacity: capacity) { players }
        for number in 0..<senders {
          world.thread("sender \(number + 1)") {
            line.send(number + 1, players[number])
            if closes { line.close() }
          }
        }
        for number in senders..<senders + receivers {
          world.thread("receiver \(number - senders + 1)") {
            if let value = line.receive(players[number]) { players[number].received.append(value) }
          }
        }
        world.atEnd {
          let received = players.flatMap(\.received).sorted()
          world.expect(received == Array(1...senders), "sent 1…\(senders), received \(received)")
          world.expect(!world.isAnybodyAsleep, "somebody waits for ever")
        }
      }
    }

    @Test("Each value is received once, and nobody waits for ever", arguments: [0, 1])
    func transfer(capacity: Int) {
      expectSound(
        "one sends, one receives, room for \(capacity)", transfer(senders: 1, receivers: 1, capacity: capacity))
      expectSound(
        "one sends and closes, two receive, room for \(capacity)",
        transfer(senders: 1, receivers: 2, capacity: capacity, closes: true))
      expectSound("two send, two receive, room for \(capacity)", transfer(senders: 2, receivers: 2, capacity: capacity))
    }

    @Test(
      "Broken channels are found out",
      arguments: [.tears("lock"), .weakens("lock", .change, .relaxed), .omitsWakes("ready")] as [Mutation])
    func broken(_ mutation: Mutation) throws {
      try expectFound(mutation, [transfer(senders: 1, receivers: 1, capacity: 0, mutation: mutation)])
    }

    /// One selects over two channels, to each of which another sends; or over one, with a timeout.
    private func selects(timesOut: Bool, mutation: Mutation? = nil) -> Explorer.Result {
      Explorer.explore(mutation: mutation, locksBlock: true) { world in
        let selecting = Player(world, cases: 2), sending = [Player(world), Player(world)]
        let lines = (0..<2).map { _ in Line(world, capacity: 0) { [selecting] + sending } }
        let timerLock = world.make(Lock<ExploredMemory>()), timers = world.make(Guarded("timers"))
        var isArmed = false
        func setArmed(_ value: Bool) -> Bool {
          timerLock.pointee.lock()
          timers.pointee.write()
          defer {
            isArmed = value
            timerLock.pointee.unlock()
          }
          return isArmed
        }
        func lockAll() { for line in lines { line.core.pointee.lock.lock() } }
        func unlockAll() { for line in lines { line.core.pointee.lock.unlockAndForget() } }
        // As `Selection.wait`.
        world.thread("selector") {
          lockAll()
          selecting.stack.pointee.write()
          selecting.claim.pointee.begin()
          for (line, waiter) in zip(lines, selecting.waiters) { line.core.append(waiter, sends: false) }
          selecting.park {
            if timesOut { _ = setArmed(true) }
            unlockAll()
          }
          if !world.leavesOut("second locks") { lockAll() }
          for (line, waiter) in zip(lines, selecting.waiters) { line.core.remove(waiter, sends: false) }
          if !world.leavesOut("second locks") { unlockAll() }
          // Its memory ends.
          selecting.stack.pointee.write()
          let winner = selecting.claim.pointee.winner
          guard winner != Claim<ExploredMemory>.timeout else { return }
          if timesOut { _ = setArmed(false) }
          world.expect(selecting.waiters[Int(winner) - 1].pointee.succeeded, "case \(winner) has won, and has no value")
          selecting.received.append(selecting.slots[Int(winner) - 1].pointee)
        }
        for number in 0..<(timesOut ? 1 : 2) {
          world.thread("sender \(number + 1)") {
            lines[number].core.pointee.lock.lock()
            if lines[number].trySend(number + 1) {
              sending[number].received = [number + 1]
            } else {
              lines[number].core.pointee.lock.unlock()
            }
          }
        }
        if timesOut {
          world.thread("timer") {
            // As `runDueTimers`: the claim is won under the lock.
            timerLock.pointee.lock()
            timers.pointee.write()
            let hasWon = isArmed && selecting.claim.pointee.win(Claim<ExploredMemory>.timeout)
            isArmed = false
            timerLock.pointee.unlock()
            if hasWon { selecting.ready() }
          }
        }
        world.atEnd {
          let sent = sending.flatMap(\.received)
          world.expect(sent == selecting.received, "sent \(sent), received \(selecting.received)")
          world.expect(!world.isAsleep("selector") || sent.isEmpty, "a value was sent, and nobody wakes")
        }
      }
    }

    @Test("A select goes on by one case, and no value is lost")
    func selects() {
      expectSound("one selects over two channels, two send", selects(timesOut: false))
      expectSound("one selects over two channels, one sends, a timer fires", selects(timesOut: true))
    }

    @Test(
      "Broken selects are found out",
      arguments: [.tears("claim"), .leavesOut("second locks"), .tears("lock")] as [Mutation])
    func brokenSelect(_ mutation: Mutation) throws {
      try expectFound(
        mutation, [selects(timesOut: false, mutation: mutation), selects(timesOut: true, mutation: mutation)])
    }
  }
}
