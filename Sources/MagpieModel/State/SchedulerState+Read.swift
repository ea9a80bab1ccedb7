public import MagpieTrace

extension SchedulerState {
  /// The last event, control events included; nil before the first.
  public var lastEvent: Event? { lastEventWords.rawKind == 0 && eventCount == 0 ? nil : lastEventWords }

  // MARK: processors

  /// All that there ever were, those that have retired included.
  public var processorCount: Int { processors.count }

  /// One more than the highest id of one that has not retired.
  /// - Complexity: O(processors that have).
  public var activeProcessorCount: Int { (processors.lastIndex { $0.status != .retired } ?? 0) + 1 }

  /// - Complexity: O(1). An id that does not exist gives an idle processor.
  public func processor(_ id: Int) -> ProcessorState {
    let known = processors.indices.contains(id)
    let record = known ? processors[id] : ProcessorRecord()
    let totals = known ? statistics.processors[id] : Statistics.Processor()
    let runs = record.fiber != Event.noFiber
    return ProcessorState(
      id: id, status: record.isLost ? .inHands : record.status,
      machine: era == .distributed
        ? owner(of: id)
        : record.status == .idle || record.status == .retired || record.machine == Event.noMachine || record.isLost
          ? nil : record.machine,
      fiber: record.fiber.orNil, runNext: record.runNext.orNil, queueLength: Int(record.length), head: record.head,
      version: record.version, ran: totals.ran,
      busyNanoseconds: totals.busyNanoseconds &+ (runs ? time &- record.runStart : 0),
      sliceStart: runs ? record.sliceStart : nil, stole: totals.stole, stolenFrom: totals.stolenFrom,
      lastTick: record.lastTick, since: record.since)
  }

  /// The fiber at a place of a local queue, 0 being the next to be taken; nil past the end.
  /// - Complexity: O(1).
  public func queuedFiber(_ id: Int, at position: Int) -> UInt32? {
    guard processors.indices.contains(id), position >= 0, position < Int(processors[id].length) else { return nil }
    return slots[slotIndex(id, processors[id].head &+ UInt32(truncatingIfNeeded: position))].orNil
  }

  /// Idle processors, the one that is taken next first.
  /// - Complexity: O(processors).
  public var idleProcessors: [Int] {
    processors.indices.filter { processors[$0].status == .idle }
      .sorted { Int32(bitPattern: processors[$0].idleStamp &- processors[$1].idleStamp) > 0 }
  }

  /// Fibers that wait in local queues, in runnext and in the global queue.
  /// - Complexity: O(processors).
  public var queuedCount: Int {
    var sum = globalCount
    for record in processors { sum += Int(record.length) + (record.runNext == Event.noFiber ? 0 : 1) }
    return sum
  }

  /// How often a machine waited for the lock of the one queue, and for how long, in all and at the longest, in real nanoseconds.
  public func lockWaits(of machine: Int) -> (count: Int, nanoseconds: UInt64, longest: UInt64) {
    guard machines.indices.contains(machine) else { return (0, 0, 0) }
    let record = machines[machine]
    return (Int(record.lockWaits), record.lockWaitedNanoseconds, UInt64(record.longestLockWait))
  }

  // MARK: global queue

  public var globalCount: Int { Int(globalTail &- globalHead) }

  /// The fiber at a place of the global queue, 0 being the next to be taken; nil past the end.
  /// - Complexity: O(1).
  public func globalFiber(at position: Int) -> UInt32? {
    guard position >= 0, position < globalCount else { return nil }
    let index = globalHead &+ UInt32(truncatingIfNeeded: position)
    return global[Int(index) & (global.count - 1)].orNil
  }

  // MARK: machines

  /// One more than the highest id of a machine; ids below it that were never seen give nil.
  public var machineCount: Int { machines.count }

  /// - Complexity: O(1).
  public func machine(_ id: Int) -> MachineState? {
    guard machines.indices.contains(id), machines[id].exists else { return nil }
    let record = machines[id]
    let activity: MachineState.Activity =
      switch record.activity {
      case .ended: .ended
      case .idle: .idle
      case .locked: .lockedWait
      case .timer: .timerWait(until: record.until)
      case .blocked: .blocked(what: record.what, since: record.since)
      case .detached: .detached(since: record.since)
      case .sysmonAsleep: .sysmon
      case .active:
        record.isSysmon
          ? .sysmon : record.isSpinning ? .spinning : record.fiber != Event.noFiber ? .running : .searching
      }
    return MachineState(
      id: UInt16(truncatingIfNeeded: id), activity: activity,
      processor: record.processor == Event.noProcessor ? nil : record.processor, fiber: record.fiber.orNil,
      handsCount: Int(record.hands.count &+ record.overflow.count), since: record.since, sample: record.sample)
  }

  /// The fibers in a machine's hands, those of an overflow first.
  /// - Complexity: O(their number).
  public func fibersInHands(of id: Int) -> [UInt32] {
    guard machines.indices.contains(id) else { return [] }
    var result: [UInt32] = []
    for list in [machines[id].overflow, machines[id].hands] {
      var index = list.first
      while index != noIndex {
        result.append(fibers[Int(index)].id)
        index = fibers[Int(index)].next
      }
    }
    return result
  }

  /// Machines asleep on the idle list, the one that is woken next first.
  /// - Complexity: O(machines).
  public var idleMachines: [UInt16] {
    machines.indices.filter { machines[$0].exists && machines[$0].activity == .idle }
      .sorted { Int32(bitPattern: machines[$0].idleStamp &- machines[$1].idleStamp) > 0 }
      .map { UInt16(truncatingIfNeeded: $0) }
  }

  /// Machines in blocking calls, those that go on without a processor, and those that sleep for their own fiber; the longest there
  /// first.
  /// - Complexity: O(machines).
  public var blockedMachines: [UInt16] {
    machines.indices.filter {
      guard machines[$0].exists else { return false }
      switch machines[$0].activity {
      case .blocked, .detached, .locked: return true
      default: return false
      }
    }
    .sorted { machines[$0].since < machines[$1].since }
    .map { UInt16(truncatingIfNeeded: $0) }
  }

  // MARK: timers

  public var timerCount: Int { timers.count }

  /// The timers that are due first.
  /// - Complexity: O(armed timers × log limit) at worst.
  public func earliestTimers(_ limit: Int) -> [TimerState] {
    guard limit > 0 else { return [] }
    var result: [TimerState] = []
    for index in timers {
      let record = fibers[Int(index)]
      if result.count >= limit, let last = result.last, record.deadline >= last.deadline { continue }
      let timer = TimerState(fiber: record.id, deadline: record.deadline, processor: record.timerProcessor)
      let place = result.firstIndex { $0.deadline > timer.deadline } ?? result.count
      result.insert(timer, at: place)
      if result.count > limit { result.removeLast() }
    }
    return result
  }

  // MARK: audit

  public var firstFinding: Finding? { findings.first }
}

extension UInt32 {
  /// Nil for 0, which is "no fiber".
  var orNil: UInt32? { self == 0 ? nil : self }
}
