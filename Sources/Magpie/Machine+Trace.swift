import CKernel
import MagpieTrace
import Synchronization

/// Time, the gate, and the recording of events: what each operation begins with and leaves behind.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Real nanoseconds since the runtime started; in a simulation the simulated clock.
  @inline(__always)
  var realTime: UInt64 {
    if let simulator = scheduler.pointee.simulator { return simulator.clock.load(ordering: .relaxed) }
    return scheduler.pointee.clock.now
  }

  /// The number of the fiber that it runs; 0 for none.
  var fiberID: UInt32 { pointee.fiber?.pointee.id ?? Event.noFiber }

  /// The machine's own virtual time: real time minus what it waited at the gate.
  @inline(__always)
  var ownTime: UInt64 {
    if let simulator = scheduler.pointee.simulator { return simulator.clock.load(ordering: .relaxed) }
    return scheduler.pointee.clock.now &- pointee.clockOffset
  }

  /// Begins an operation: waits at the gate if it is closed, or if the ring has no room for the operation's events.
  /// Never called with a runtime lock held.
  /// - Parameters:
  ///   - operation: what follows.
  ///   - victim: whose queue a steal looks at.
  @inline(__always)
  func passGate(_ operation: Operation, of victim: ProcessorRef? = nil) {
    if !isGateOpen { waitAtGate(operation, victim) }
  }

  /// Whether an operation may begin without asking.
  @inline(__always)
  var isGateOpen: Bool {
    pointee.hasStamp = false
    return shared.pointee.entrance.isOpen(upTo: pointee.ring.cursor &+ Gate.room)
  }

  @inline(never)
  private func waitAtGate(_ operation: Operation, _ victim: ProcessorRef?) {
    scheduler.pointee.gate.wait(self, before: operation, victim: victim)
  }

  /// A scheduling point of the simulation in the middle of a racy protocol. Outside a simulation, nothing.
  @inline(__always)
  func interleave() {
    guard let simulator = scheduler.pointee.simulator else { return }
    simulator.pass(self, isRacing: true)
    // Others ran meanwhile: what follows is later than what they did.
    pointee.hasStamp = false
  }

  /// Records one event of the current operation, if anybody watches. The operation's first event reads the counter; the
  /// others take the next stamps.
  @inline(__always)
  func emit(
    _ kind: EventKind, detail: UInt8 = 0, fiber: UInt32 = Event.noFiber, a: UInt32 = 0, b: UInt32 = 0, c: UInt32 = 0,
    d: UInt32 = 0
  ) {
    if pointee.isTracing {
      emit(
        kind, detail: detail, on: pointee.processor?.pointee.id ?? Event.noProcessor, fiber: fiber, a: a, b: b, c: c,
        d: d)
    }
  }

  @inline(never)
  func emit(
    _ kind: EventKind, detail: UInt8 = 0, on processor: UInt16, fiber: UInt32 = Event.noFiber, a: UInt32 = 0,
    b: UInt32 = 0, c: UInt32 = 0, d: UInt32 = 0
  ) {
    guard pointee.isTracing else { return }
    if pointee.traceDelays { delay() }
    var stamp = pointee.lastStamp &+ 1
    if !pointee.hasStamp {
      pointee.hasStamp = true
      stamp = Swift.max(stamp, ownTime)
    }
    pointee.lastStamp = stamp
    if pointee.traceDelays { delay() }
    pointee.ring.append(
      Event(
        time: stamp, machine: pointee.id, kind: kind, detail: detail, processor: processor, fiber: fiber, a: a, b: b,
        c: c,
        d: d))
  }

  /// Planted by a test: up to 50 µs between an operation, its stamp and its record.
  private func delay() {
    guard pointee.random.below(8) == 0 else { return }
    let end = ck_monotonic_ns() + pointee.random.below(50_000)
    while ck_monotonic_ns() < end { ck_pause() }
  }

  // MARK: Sleeping

  /// Sleeps until woken, or until a virtual deadline. The last operation is complete.
  /// - Returns: whether it was woken.
  func sleepUntilWoken(deadline: UInt64 = .max) -> Bool {
    let before = ownTime
    setActivity(.asleep)
    if let simulator = scheduler.pointee.simulator {
      while true {
        if shared.pointee.parker.look() == nil { break }
        if scheduler.pointee.isStopping.load(ordering: .acquiring) || ownTime >= deadline { break }
        simulator.park(self, until: deadline)
      }
      let isWoken = shared.pointee.parker.endSleep()
      enter()
      return isWoken
    }
    let isWoken = shared.pointee.parker.sleep {
      deadline == .max ? -1 : scheduler.pointee.gate.timeout(until: deadline, real: realTime)
    }
    enterFromSleep(before, isWoken: isWoken)
    return isWoken
  }

  /// The machine slept: its own clock goes on where the global one is, or where its waker was.
  func enterFromSleep(_ before: UInt64, isWoken: Bool) {
    let waker = isWoken ? shared.pointee.givenTime.load(ordering: .relaxed) : 0
    enter()
    setClock(atLeast: Swift.max(before, waker))
  }

  /// Sets the machine's own clock to the global one, or to a later time that it has seen already.
  ///
  /// Real time is read once: a machine that was descheduled between two readings would be behind all others from then on, and
  /// its timers would fire early.
  func setClock(atLeast time: UInt64) {
    let real = realTime
    pointee.clockOffset = real &- Swift.max(time, scheduler.pointee.gate.now(real: real))
  }
}

extension Machine {
  /// Wakes a machine, or spares it its next sleep.
  /// - Parameter isOutside: not by a machine.
  static func wake(_ shared: SharedRef, simulator: Simulator?, isOutside: Bool = false) {
    let sleepsInPoller = shared.pointee.parker.wake()
    simulator?.unpark(shared.pointee.id, isOutside: isOutside)
    // In a simulation it waits there for whoever is outside, too.
    if sleepsInPoller, simulator == nil || isOutside { interruptPoller(shared) }
  }

  /// Makes a sleeper compute its deadline anew.
  static func lookAgain(_ shared: SharedRef) { if shared.pointee.parker.lookAgain() { interruptPoller(shared) } }

  private static func interruptPoller(_ shared: SharedRef) {
    _ = ck_event_raise(shared.pointee.netpollEvent.load(ordering: .relaxed))
  }
}
