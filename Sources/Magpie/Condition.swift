import MagpieTrace

/// Fibers wait until something that a mutex protects has changed (Go's sync.Cond).
///
///     mutex.withLock {
///       while queue.isEmpty { filled.wait() }
///       …
///     }
///
/// A signal means "look again": until the woken fiber has the mutex another may have been quicker. Signals are not kept: with
/// nobody in line they do nothing.
///
/// ### No signal is lost
/// Who waits:    1. joins the line   2. gives the mutex back   3. parks, unless its place in the line says that it was signalled
/// Who signals:  1. under the mutex changes what is waited for   2. takes the first in line, and says so; if it has parked, wakes it
/// The line is joined with the mutex held, so whoever changes anything after that finds the fiber there. Both look at the place
/// under the line's lock: either the waiter sees the word, or it has parked and is woken. Rejected: the park itself giving the mutex
/// back, which would wake the mutex's next with the line's lock held; and tickets as Go has them, for which a signal must search
/// the line.
public final class Condition: Sendable {
  /// A place in the line, on the stack of the fiber that waits.
  private struct Place {
    let fiber: FiberRef
    var hasParked = false
    var isSignalled = false
    var next: UnsafeMutablePointer<Place>?
  }
  private typealias PlaceRef = UnsafeMutablePointer<Place>

  private struct State {
    var first: PlaceRef?
    var last: PlaceRef?
    var count = 0
    var sequence: UInt32 = 0
  }

  /// What it protects changes only with this held.
  public let mutex: Mutex
  // Its list is not used: a fiber in line may not have parked yet.
  private let line: WaitLine
  /// Under the line's lock.
  private nonisolated(unsafe) let state: UnsafeMutablePointer<State>
  var id: UInt32 { line.id }

  public init(_ mutex: Mutex) {
    self.mutex = mutex
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    line = WaitLine()
    line.announce { [unowned(unsafe) self] id in
      Snapshot.Object(
        id: id, kind: .condition, sequence: state.pointee.sequence, occupancy: UInt32(clamping: state.pointee.count),
        capacity: 0)
    }
  }

  deinit {
    line.withdraw()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Gives the mutex back, waits for a signal, and takes the mutex again.
  /// - Precondition: the calling fiber holds the mutex.
  public func wait() {
    var machine = begin("wait", .wait)
    withUnsafeTemporaryAllocation(of: Place.self, capacity: 1) { room in
      let place = room.baseAddress!
      place.initialize(to: Place(fiber: machine.pointee.fiber!))
      join(place)
      let (sequence, count) = (nextSequence(), state.pointee.count)
      line.lock.pointee.unlock()
      note(machine, .conditionWait, 0, sequence, count)
      machine.leave()

      mutex.unlock()

      machine = begin("wait", .wait)
      if place.pointee.isSignalled {
        line.lock.pointee.unlock()
        machine.leave()
      } else {
        place.pointee.hasParked = true
        machine.pointee.requestLock = line.lock
        machine.park(place.pointee.fiber, .condition, object: id)
      }
    }
    mutex.lock()
  }

  /// Waits until something holds: looks, and looks again after each signal.
  /// - Precondition: the calling fiber holds the mutex.
  public func wait(until holds: () -> Bool) { while !holds() { wait() } }

  /// Lets the fiber go on that has waited longest. The mutex need not be held.
  public func signal() { wake(atMost: 1, detail: 0) }

  /// Lets all go on that wait. The mutex need not be held.
  /// - Complexity: O(fibers that go on).
  public func broadcast() { wake(atMost: .max, detail: 1) }

  private func wake(atMost limit: Int, detail: UInt8) {
    let machine = begin("signal", .signal)
    let count = min(state.pointee.count, limit)
    var fibers = FiberList()
    for _ in 0..<count {
      let place = popFirst()
      // From the unlock on the place may end.
      if place.pointee.hasParked { fibers.append(place.pointee.fiber) } else { place.pointee.isSignalled = true }
    }
    let sequence = nextSequence()
    line.lock.pointee.unlock()
    note(machine, .conditionSignal, detail, sequence, count)
    machine.readyAll(&fibers, cause: .condition, object: id)
    machine.leave()
  }

  private func begin(_ what: StaticString, _ operation: Operation) -> MachineRef {
    let machine = beginOperation(what, operation)
    line.lock.pointee.lock()
    return machine
  }

  // MARK: Under the line's lock

  private func join(_ place: PlaceRef) {
    if let last = state.pointee.last { last.pointee.next = place } else { state.pointee.first = place }
    state.pointee.last = place
    state.pointee.count += 1
  }

  private func popFirst() -> PlaceRef {
    let place = state.pointee.first!
    state.pointee.first = place.pointee.next
    if state.pointee.first == nil { state.pointee.last = nil }
    state.pointee.count -= 1
    return place
  }

  private func nextSequence() -> UInt32 {
    state.pointee.sequence = state.pointee.sequence &+ 1
    return state.pointee.sequence
  }

  private func note(_ machine: MachineRef, _ kind: EventKind, _ detail: UInt8, _ sequence: UInt32, _ count: Int) {
    guard id != 0 else { return }
    machine.emit(
      kind, detail: detail, fiber: machine.pointee.fiber?.pointee.id ?? 0, a: id, b: sequence,
      c: UInt32(clamping: count))
  }
}
