import MagpieTrace

/// A fiber's wait in several lines at once, of which one lets it go on: what a select is but for its values (Go's selectgo).
///
/// ### The argument
/// 1. The locks of all channels are taken, in the order of their addresses, each once: two selects over the same channels
///    cannot wait for each other. All others hold one channel's lock at most.
/// 2. Under the locks the cases are tried in a random order, and the first that can go on does. So none is favoured, and
///    nothing can become ready between the last try and the wait. Tickers have no line: their cases are tried among the others.
/// 3. If none can, a `Waiter` a case goes into its channel's line, and the fiber parks. Its machine gives the locks back once
///    the stack is left: from the first one on a waker may have the fiber, and may start it elsewhere.
/// 4. A waker takes a waiter out of a line, under that line's lock, and then must win the fiber's `Claim`, with the number of the
///    case. Who comes second finds it taken, drops the waiter and looks at the next one in line. The timer of a
///    timeout is such a waker too, with `timerLock` for the line's.
/// 5. The fiber, going on, takes all locks again before it takes its other waiters out of their lines. So whoever has found
///    one of them is done with it, and the machine of step 3 is done with the list; only then does the memory end. The next
///    select sets the word to 0 again, and no waker can still be about to change it for this one.
///
/// Rejected: waiters that stay in line as litter and carry a generation, which a select in a loop over an idle channel would
/// pile up without end; and trying each case under its own lock only, which must look at all of them twice.
struct Selection {
  /// A case on a channel.
  struct Alternative {
    // The waiter stays the first field: its address is the alternative's.
    var waiter: Waiter<RealMemory>
    let core: ChannelRef
    let sends: Bool
    /// Its number among all cases.
    let number: Int

    /// - Parameter number: its number among those on channels.
    init(_ fiber: FiberRef, _ core: ChannelRef, sends: Bool, number: Int, case caseNumber: Int) {
      // The slot is made when the fiber must wait; until then the core stands for it.
      waiter = Waiter(fiber, UnsafeMutableRawPointer(core), claim: fiber.claim, number: UInt32(number + 1))
      self.core = core
      self.sends = sends
      self.number = caseNumber
    }
  }

  private let count: Int
  private let others: Int
  private let alternatives: UnsafeMutablePointer<Alternative>
  /// Their numbers in the order of the channels' addresses.
  private let order: UnsafeMutablePointer<Int>
  /// Their numbers in the random order in which they are tried.
  private let turns: UnsafeMutablePointer<Int>

  /// - Parameters:
  ///   - others: cases without a channel, tried among the others; their numbers come after those of the alternatives.
  ///   - numbers: room for two numbers an alternative, and one for each of the others.
  init(
    _ alternatives: UnsafeMutablePointer<Alternative>, count: Int, others: Int, _ numbers: UnsafeMutablePointer<Int>
  ) {
    self.count = count
    self.others = others
    self.alternatives = alternatives
    order = numbers
    turns = order + count
    for number in 0..<count {
      // By insertion: there are few.
      var place = number
      while place > 0, alternatives[order[place - 1]].core > alternatives[number].core {
        (order + place).initialize(to: order[place - 1])
        place -= 1
      }
      (order + place).initialize(to: number)
    }
  }

  subscript(number: Int) -> Alternative {
    get { alternatives[number] }
    nonmutating _modify { yield &alternatives[number] }
  }

  /// Draws the order of trying (Fisher and Yates), then takes all locks. The gate was passed.
  func lockAll(_ machine: MachineRef) {
    for number in 0..<(count + others) {
      let other = Int(machine.pointee.random.below(UInt64(number + 1)))
      (turns + number).initialize(to: number)
      turns[number] = turns[other]
      turns[other] = number
    }
    lockAll()
  }

  private func lockAll() {
    for place in 0..<count where place == 0 || core(at: place) != core(at: place - 1) { core(at: place).lock() }
  }

  /// Gives the locks back, but for that of one channel. The memory of the selection may end with the last of them.
  func unlockAll(but kept: ChannelRef? = nil) {
    for place in 0..<count {
      let core = core(at: place)
      let isLast = place + 1 == count || self.core(at: place + 1) != core
      if isLast && core != kept { core.unlockAndForget() }
    }
  }

  private func core(at place: Int) -> ChannelRef { alternatives[order[place]].core }

  /// The first case, in the drawn order, that can go on. One on a channel comes with the step by which its value is then to be
  /// moved. With the locks held.
  /// - Parameter tries: whether one of the others goes on.
  func firstReady(_ machine: MachineRef, _ tries: (Int) -> Bool) -> (number: Int, step: ChannelObject.Step?)? {
    for turn in 0..<(count + others) {
      let number = turns[turn]
      guard number < count else {
        if tries(number - count) { return (number, nil) }
        continue
      }
      let core = alternatives[number].core
      let step = alternatives[number].sends ? core.placeToSend(machine) : core.placeToReceive(machine)
      if step.place != nil || core.pointee.core.isClosed { return (number, step) }
    }
    return nil
  }

  /// Waits in all lines until a waker has chosen a case or the time has come. The locks are held, and are given back.
  /// - Parameter deadline: virtual; `UInt64.max` for none.
  /// - Returns: the number of the case, or nil after the deadline.
  func wait(_ first: MachineRef, until deadline: UInt64) -> Int? {
    let fiber = first.pointee.fiber!
    fiber.claim.pointee.begin()
    for place in 0..<count {
      let number = order[place]
      alternatives[number].core.core.append(waiter(number), sends: alternatives[number].sends)
    }
    fiber.pointee.deadline = deadline
    first.pointee.requestSelection = self
    first.park(fiber, .select, object: 0, request: .select)

    // Step 5. No passage of the gate: it changes nothing that an event or a snapshot tells of.
    lockAll()
    for number in 0..<count {
      alternatives[number].core.core.remove(waiter(number), sends: alternatives[number].sends)
    }
    unlockAll()
    let choice = fiber.claim.pointee.winner
    if deadline != .max && choice != Claim<RealMemory>.timeout { currentMachine("select").disarm(fiber) }
    return choice == Claim<RealMemory>.timeout ? nil : Int(choice) - 1
  }

  /// The waiter of a case is its first field.
  private func waiter(_ number: Int) -> WaiterRef {
    UnsafeMutableRawPointer(alternatives + number).assumingMemoryBound(to: Waiter<RealMemory>.self)
  }
}

extension UnsafeMutablePointer where Pointee == Machine {
  /// The end of a select's park, on the machine's own stack: arms the timer, then gives the locks back. From the first of both
  /// on the fiber may be woken, but it cannot go on before it has had all the locks.
  func commit(_ selection: Selection, of fiber: FiberRef) {
    let deadline = fiber.pointee.deadline
    let isEarliest = deadline != .max && insertTimer(of: fiber, deadline: deadline, .select)
    selection.unlockAll()
    if isEarliest { wakeNetpoller(for: deadline) }
  }
}
