public import MagpieTrace

extension SchedulerState {
  /// Whether the state is what a snapshot of the real runtime says.
  public func matches(_ snapshot: Snapshot) -> Bool { differences(from: snapshot).isEmpty }

  /// Where the state differs from a snapshot of the real runtime, in plain words; empty if nowhere.
  /// - Complexity: O(size of both).
  public func differences(from snapshot: Snapshot) -> [String] {
    var list = Differences()
    list.compare("processors", processors.count, snapshot.processors.count)
    list.compare("processors wanted", wantedProcessorCount, snapshot.wantedProcessorCount)
    for p in 0..<min(processors.count, snapshot.processors.count) { compare(snapshot.processors[p], p, &list) }
    list.compare("global queue's head", globalHead, snapshot.globalHead)
    list.compare("global queue", (0..<globalCount).map { globalFiber(at: $0) ?? 0 }, snapshot.global)
    if era == .distributed {
      list.compare("permits", permits.existing, snapshot.permitCount)
      list.compare("free permits", permits.existing - permits.taken, snapshot.freePermitCount)
    }
    list.compare("idle lists' sequence", idleSequence, snapshot.idleSequence)
    var listed: Set<Int> = []
    for machine in snapshot.machines {
      listed.insert(Int(machine.id))
      compare(machine, &list)
    }
    for m in machines.indices where machines[m].exists && machines[m].activity != .ended && !listed.contains(m) {
      list.add("M\(m): the model has it, the snapshot does not")
    }
    list.compare("fibers alive", liveFiberCount, snapshot.fibers.count)
    for fiber in snapshot.fibers { compare(fiber, &list) }
    for object in snapshot.objects { compare(object, &list) }
    list.compare("fibers created", fibersCreated, snapshot.fibersCreated)
    list.compare("fibers finished", fibersFinished, snapshot.fibersFinished)
    return list.lines
  }

  private func compare(_ processor: Snapshot.Processor, _ p: Int, _ list: inout Differences) {
    let record = processors[p]
    list.compare("P\(p) version", record.version, processor.version)
    list.compare("P\(p) runnext", record.runNext, processor.runNext)
    list.compare("P\(p) runnext's version", record.runNextVersion, processor.runNextVersion)
    list.compare("P\(p) head", record.head, processor.head)
    list.compare("P\(p) queue", (0..<Int(record.length)).map { queuedFiber(p, at: $0) ?? 0 }, processor.queue)
    let fits =
      switch processor.holder {
      case .idle: record.status == .idle
      case .retired: record.status == .retired
      case .machine(let m): (record.status == .held || record.status == .inHands) && record.machine == m
      case .blocked(let m): record.status == .blocked && record.machine == m
      case .given(let m): record.status == .given && record.machine == m
      }
    if !fits {
      list.add("P\(p) holder: the model says \(record.status) M\(record.machine), the snapshot \(processor.holder)")
    }
  }

  private func compare(_ machine: Snapshot.Machine, _ list: inout Differences) {
    let m = Int(machine.id)
    guard m < machines.count, machines[m].exists else {
      if machine.activity != .ended { list.add("M\(m): the snapshot has it, the model does not") }
      return
    }
    let record = machines[m]
    list.compare("M\(m) processor", record.processor, machine.processor)
    list.compare("M\(m) fiber", record.fiber, machine.fiber)
    list.compare("M\(m) hands", fibersInHands(of: m).sorted(), machine.hands.sorted())
    let fits =
      switch machine.activity {
      case .active: record.activity == .active && !record.isSpinning && !record.isSysmon
      case .spinning: record.activity == .active && record.isSpinning
      case .idle: record.activity == .idle
      case .locked: record.activity == .locked
      case .timer(let until): record.activity == .timer && record.until == until
      case .blocked: record.activity == .blocked
      case .detached: record.activity == .detached
      case .sysmon: record.isSysmon
      case .ended: record.activity == .ended
      }
    if !fits {
      let spins = record.isSpinning ? ", spinning" : ""
      list.add("M\(m): the model says \(record.activity)\(spins), the snapshot \(machine.activity)")
    }
  }

  private func compare(_ fiber: Snapshot.Fiber, _ list: inout Differences) {
    let index = fiber.id == Event.noFiber ? -1 : fiberTable.find(fiber.id)
    guard index >= 0 else { return list.add("G\(fiber.id): the snapshot has it, the model does not") }
    let record = fibers[index]
    list.compare("G\(fiber.id) name", record.name, fiber.name)
    list.compare("G\(fiber.id) parent", record.parent, fiber.parent)
    list.compare("G\(fiber.id) sequence", record.sequence, fiber.sequence)
    list.compare("G\(fiber.id) deadline", record.timer == noIndex ? nil : record.deadline, fiber.deadline)
    if fiber.deadline != nil { list.compare("G\(fiber.id) timer's P", record.timerProcessor, fiber.timerProcessor) }
    let fits: Bool
    switch (fiber.place, record.place) {
    case (.runnable, .queued), (.runnable, .runNext), (.runnable, .global): fits = true
    case (.runnable, .hands), (.runnable, .overflow): fits = true
    case (.running, .running), (.blocked, .blocked), (.detached, .detached): fits = true
    case (.parked(let reason, let object), .parked):
      fits = record.parkReason == reason.rawValue && record.object == object
    default: fits = false
    }
    if !fits { list.add("G\(fiber.id): the model says \(record.place), the snapshot \(fiber.place)") }
  }

  private func compare(_ object: Snapshot.Object, _ list: inout Differences) {
    guard let state = self.object(object.id) else {
      // A lock or a wait group that was never used has told nothing of itself yet; a channel tells that it was made.
      if object.sequence == 0 && object.kind != .channel { return }
      return list.add("object \(object.id): the snapshot has it, the model does not")
    }
    if "\(state.kind)" != "\(object.kind)" { list.add("object \(object.id): \(state.kind) against \(object.kind)") }
    list.compare("object \(object.id) sequence", state.sequence, object.sequence)
    list.compare("object \(object.id) occupancy", state.occupancy, object.occupancy)
    list.compare("object \(object.id) capacity", state.capacity, object.capacity)
  }
}

/// Collects differences as sentences.
private struct Differences {
  var lines: [String] = []

  mutating func add(_ line: String) { lines.append(line) }

  mutating func compare<Value: Equatable>(_ what: String, _ model: Value, _ snapshot: Value) {
    if model != snapshot { lines.append("\(what): the model says \(model), the snapshot \(snapshot)") }
  }
}
