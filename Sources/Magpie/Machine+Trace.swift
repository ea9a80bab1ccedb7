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

  /// The machine's own virtual time: real time minus what it waited at the gate.
  @inline(__always)
  var ownTime: UInt64 {
    if let simulator = scheduler.pointee.simulator { return simulator.clock.load(ordering: .relaxed) }
    return scheduler.pointee.clock.now &- pointee.clockOffset
  }

  /// Begins an operation: waits at the gate if it is closed, or if the ring has no room for the operation's events.
  /// Never called with a runtime lock held.
  @inline(__always)
  func passGate() { if !isGateOpen { waitAtGate() } }

  /// Whether an operation may begin without asking.
  @inline(__always)
  var isGateOpen: Bool {
    pointee.hasStamp = false
    // Relaxed: partner is `Gate.close`, see there.
    return pointee.ring.cursor &+ Gate.room <= shared.pointee.gateLimit.load(ordering: .relaxed)
  }

  @inline(never)
  private func waitAtGate() { scheduler.pointee.gate.wait(self) }

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
    let word = shared
    var isWoken = false
    if let simulator = scheduler.pointee.simulator {
      while true {
        if takeWakeup() { isWoken = true; break }
        if scheduler.pointee.isStopping.load(ordering: .acquiring) || ownTime >= deadline { break }
        simulator.park(self, until: deadline)
      }
      enter()
      return isWoken
    }
    while true {
      let seen = word.pointee.parkWord.load(ordering: .acquiring)
      if seen & 1 == 1 {
        // Acquire: what the waker gave is visible. Partner: `Machine.wake`.
        _ = word.pointee.parkWord.bitwiseAnd(~3, ordering: .acquiringAndReleasing)
        isWoken = true
        break
      }
      var timeout: Int64 = -1
      if deadline != .max {
        guard let limit = scheduler.pointee.gate.timeout(until: deadline, real: realTime) else { break }
        timeout = limit
      }
      if seen & 2 == 0 {
        let (exchanged, _) = word.pointee.parkWord.compareExchange(
          expected: seen, desired: seen | 2, ordering: .acquiringAndReleasing)
        if !exchanged { continue }
      }
      _ = withUnsafePointer(to: word.pointee.parkWord) { ck_futex_wait($0, seen | 2, timeout) }
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

  private func takeWakeup() -> Bool {
    guard shared.pointee.parkWord.load(ordering: .acquiring) & 1 == 1 else { return false }
    _ = shared.pointee.parkWord.bitwiseAnd(~3, ordering: .acquiringAndReleasing)
    return true
  }
}

extension Machine {
  /// Wakes a machine, or spares it its next sleep.
  static func wake(_ shared: SharedRef, simulator: Simulator?) {
    // Release: partner of the acquire in `sleepUntilWoken`.
    let (old, _) = shared.pointee.parkWord.bitwiseOr(1, ordering: .acquiringAndReleasing)
    if let simulator {
      simulator.unpark(shared.pointee.id)
    } else {
      wakeSleeper(shared, old)
    }
  }

  /// Makes a sleeper compute its deadline anew.
  static func lookAgain(_ shared: SharedRef) {
    let (old, _) = shared.pointee.parkWord.wrappingAdd(8, ordering: .acquiringAndReleasing)
    wakeSleeper(shared, old)
  }

  private static func wakeSleeper(_ shared: SharedRef, _ word: UInt32) {
    if word & 2 != 0 { _ = withUnsafePointer(to: shared.pointee.parkWord) { ck_futex_wake($0, 1) } }
    if word & 4 != 0 { _ = ck_event_raise(shared.pointee.netpollEvent.load(ordering: .relaxed)) }
  }
}
