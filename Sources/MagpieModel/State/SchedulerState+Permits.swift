import MagpieTrace

// What is different under the distributed era: each machine has its own processor, which is a queue, and needs a permit to run fibers.
// A processor is `held` by its machine while that has a permit, `blocked` in its calls, else `idle`.
extension SchedulerState {
  /// The machine whose queue a processor is; sysmon's number has one that nobody uses.
  public func owner(of p: Int) -> UInt16? {
    p < machines.count && machines[p].exists && !machines[p].isSysmon ? UInt16(truncatingIfNeeded: p) : nil
  }

  // MARK: permits

  /// A free permit is taken.
  mutating func takePermit() {
    permits.taken &+= 1
    if permits.taken > permits.existing {
      find(
        .permits, expected: UInt32(truncatingIfNeeded: permits.existing),
        found: UInt32(truncatingIfNeeded: permits.taken))
    }
  }

  /// One that is taken is free.
  mutating func freePermit() { permits.taken = max(permits.taken - 1, 0) }

  /// A machine gives away what it has in its hands.
  private mutating func takePermitFromHands(_ m: Int) {
    if machines[m].permits > 0 {
      machines[m].permits &-= 1
    } else if permits.stray > 0 {
      permits.stray &-= 1
    } else {
      find(.permits, expected: .max, found: UInt32(truncatingIfNeeded: m))
    }
  }

  /// The machine goes on without its permit: its queue is idle. - Returns: false if there is no such queue.
  private mutating func leaveQueue(_ event: Event, _ m: Int) -> Bool {
    let p = heldProcessor(event, m)
    guard p >= 0 else { return false }
    advanceProcessor(p, to: event.a)
    setHolder(p, .idle, m)
    return true
  }

  /// A permit leaves a machine, into its hands or to the free ones.
  mutating func letGoPermit(_ event: Event, _ m: Int) {
    if event.a != 0, leaveQueue(event, m) { machines[m].permits &+= 1 }
    guard event.b != 0 else { return }
    advanceIdle(to: event.b)
    takePermitFromHands(m)
    freePermit()
  }

  mutating func retirePermit(_ event: Event, _ m: Int) {
    advanceIdle(to: event.b)
    if event.detail == 0 {
      if event.a == 0 { takePermitFromHands(m) } else { _ = leaveQueue(event, m) }
      freePermit()
    } else if permits.taken >= permits.existing {
      find(.permits, expected: .max, found: UInt32(truncatingIfNeeded: m))
    }
    permits.existing = max(permits.existing - 1, 1)
    if permits.existing < wantedProcessorCount { wrongCount() }
  }

  mutating func beginPermit(_ event: Event) {
    advanceIdle(to: event.b)
    permits.existing = min(permits.existing + 1, Self.maximumProcessors)
    if permits.existing > wantedProcessorCount { wrongCount() }
  }

  private mutating func wrongCount() {
    find(
      .processorCount, expected: UInt32(truncatingIfNeeded: wantedProcessorCount),
      found: UInt32(truncatingIfNeeded: permits.existing))
  }

  /// Gives a permit to a machine that is started or woken: from then on its own queue is held.
  mutating func givePermit(_ p: Int, from m: Int, to target: Int, isFree: Bool, version: UInt32) {
    guard p < Self.maximumProcessors else { return find(.argument, found: UInt32(truncatingIfNeeded: p)) }
    addProcessors(upTo: p + 1, .retired)
    if p != target {
      find(.queueOwner, expected: UInt32(truncatingIfNeeded: target), found: UInt32(truncatingIfNeeded: p))
    }
    if isFree { takePermit() } else { takePermitFromHands(m) }
    // A new one, or without a permit so far.
    if processors[p].status != .idle, processors[p].status != .retired {
      find(.processorHolder, expected: UInt32(processors[p].machine), found: UInt32(truncatingIfNeeded: m))
    }
    advanceProcessor(p, to: version)
    setHolder(p, .given, target)
  }

  // MARK: queues

  /// The processor whose queue the machine fills: one that it holds, or its own, back from a call without a permit.
  @inline(__always)
  mutating func filledProcessor(_ event: Event, _ m: Int) -> Int {
    if era == .distributed, Int(event.processor) == m, m < processors.count, processors[m].status == .idle { return m }
    return heldProcessor(event, m)
  }

  /// Lets a ring hold so many, by doubling it as often as needed.
  /// - Returns: false if it cannot: it has all its 256 slots.
  mutating func growRing(_ p: Int, toHold length: UInt32) -> Bool {
    guard length <= UInt32(Self.queueCapacity) else { return false }
    guard length > processors[p].slotMask &+ 1 else { return true }
    var mask = processors[p].slotMask
    while length > mask &+ 1 { mask = mask &* 2 &+ 1 }
    let base = UInt32(truncatingIfNeeded: slots.count)
    slots.append(contentsOf: repeatElement(Event.noFiber, count: Int(mask) + 1))
    var number = processors[p].head
    while number != processors[p].tail {
      slots[Int(base &+ number & mask)] = slots[slotIndex(p, number)]
      number &+= 1
    }
    processors[p].slotBase = base
    processors[p].slotMask = mask
    return true
  }

  /// A thief found nothing: it has looked at each queue but its own, in each round.
  mutating func auditFailedSteal(_ event: Event, _ m: Int) {
    auditThief(m, round: 4)
    guard era == .distributed, event.a != 4 &* (event.b &- 1) else { return }
    find(.stealScope, expected: 4 &* (event.b &- 1), found: event.a)
  }

  // MARK: a snapshot

  /// The permits of a snapshot: those that are neither free nor a machine's are in hands.
  mutating func loadPermits(_ snapshot: Snapshot) {
    guard era == .distributed else { return }
    permits.existing = min(max(snapshot.permitCount, 1), Self.maximumProcessors)
    permits.taken = min(max(permits.existing - snapshot.freePermitCount, 0), permits.existing)
    var held = 0
    for record in processors where record.status == .held || record.status == .given { held += 1 }
    permits.stray = max(permits.taken - held, 0)
  }
}
