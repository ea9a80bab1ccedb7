import MagpieTrace

extension SchedulerState {
  /// Fibers that live and are followed.
  public var liveFiberCount: Int { fiberTable.count }

  /// A live fiber.
  /// - Complexity: O(1).
  public func fiber(_ id: UInt32) -> FiberState? {
    guard id != Event.noFiber else { return nil }
    let index = fiberTable.find(id)
    return index < 0 ? nil : fiberState(at: index)
  }

  /// All live fibers, in no order.
  public var liveFibers: LiveFibers { LiveFibers(state: self) }

  /// The live fibers of one moment.
  public struct LiveFibers: Sequence, IteratorProtocol, Sendable {
    let state: SchedulerState
    var index = 0

    init(state: SchedulerState) { self.state = state }

    public mutating func next() -> FiberState? {
      while index < state.fibers.count {
        defer { index += 1 }
        if state.fibers[index].place != .none { return state.fiberState(at: index) }
      }
      return nil
    }
  }

  func fiberState(at index: Int) -> FiberState {
    let record = fibers[index]
    let place: FiberState.Place =
      switch record.place {
      case .none, .unknown: .unknown
      case .queued: .queued(processor: record.owner)
      case .runNext: .runNext(processor: record.owner)
      case .global: .global
      case .hands, .overflow: .hands(machine: record.owner)
      case .running: .running(machine: record.owner, processor: machines[Int(record.owner)].processor)
      case .blocked: .blocked(machine: record.owner)
      case .detached: .detached(machine: record.owner)
      case .parked: .parked(reason: ParkReason(rawValue: record.parkReason), object: record.object)
      }
    return FiberState(
      id: record.id, name: record.name, parent: record.parent, place: place,
      machine: era.hasFibers || record.owner == Event.noMachine ? nil : record.owner, since: record.since,
      runnableSince: record.runnableSince, wokenBy: record.wokenBy, wakeCause: ReadyCause(rawValue: record.wakeCause),
      deadline: record.timer == noIndex ? nil : record.deadline, starts: record.starts,
      ranNanoseconds: record.ranNanoseconds, sequence: record.sequence)
  }

  // MARK: sync objects

  public var objectCount: Int { objects.count }

  /// Objects in the order in which they were first seen: `at` 0 ..< `objectCount`.
  /// - Complexity: O(1).
  public func object(at position: Int) -> SyncObjectState? {
    guard objects.indices.contains(position) else { return nil }
    let record = objects[position]
    return SyncObjectState(
      id: record.id, kind: record.kind, occupancy: record.occupancy, capacity: record.capacity,
      holder: record.holder.orNil, waiters: Int(record.waiters), waits: record.waits,
      waitedNanoseconds: record.waitedNanoseconds, isClosed: record.isClosed, sequence: record.sequence)
  }

  /// - Complexity: O(1).
  public func object(_ id: UInt32) -> SyncObjectState? {
    guard id != 0 else { return nil }
    let index = objectTable.find(id)
    return index < 0 ? nil : object(at: index)
  }

  /// The fibers that wait for an object.
  /// - Complexity: O(live fibers).
  public func waiters(for id: UInt32) -> [UInt32] {
    fibers.filter { $0.place == .parked && $0.object == id }.map(\.id)
  }
}
