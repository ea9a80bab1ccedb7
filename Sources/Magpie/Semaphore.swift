import MagpieTrace

/// Permits that fibers take and give back (Go's semaphore.Weighted).
///
/// Who waits is served first come, first served: one who wants many permits is not overtaken by those who want few, for else it
/// might wait for ever. What is given back goes to those in line at once, so a newcomer cannot take it before they run.
///
/// All of it is under the line's lock: a word of its own would have to tell how much the first in line wants.
public final class Semaphore: Sendable {
  private struct State {
    var permits: Int
    var sequence: UInt32 = 0
  }

  private let line: WaitLine
  /// Under the line's lock.
  private nonisolated(unsafe) let state: UnsafeMutablePointer<State>
  var id: UInt32 { line.id }

  /// - Parameter permits: how many are free at first.
  public init(permits: Int) {
    guard permits >= 0 else { misuse("a semaphore has no fewer than 0 permits: \(permits)") }
    state = .allocate(capacity: 1)
    state.initialize(to: State(permits: permits))
    line = WaitLine()
    line.announce { [unowned(unsafe) self] id in
      Snapshot.Object(
        id: id, kind: .semaphore, sequence: state.pointee.sequence, occupancy: UInt32(clamping: state.pointee.permits),
        capacity: 0)
    }
  }

  deinit {
    line.withdraw()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Takes permits, waiting until there are as many and all who came before have theirs.
  /// - Precondition: `count` is not negative.
  public func acquire(_ count: Int = 1) {
    let machine = begin(count)
    if take(count, machine) { return }
    let fiber = machine.pointee.fiber!
    fiber.pointee.permits = count
    line.append(fiber)
    machine.pointee.requestLock = line.lock
    machine.park(fiber, .semaphore, object: id)
  }

  /// Takes permits if there are as many and nobody waits.
  /// - Returns: whether it did.
  public func tryAcquire(_ count: Int = 1) -> Bool {
    let machine = begin(count)
    if take(count, machine) { return true }
    line.lock.pointee.unlock()
    machine.leave()
    return false
  }

  /// Gives permits back, or adds to them: nobody checks who took them.
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(fibers that go on).
  public func release(_ count: Int = 1) {
    let machine = begin(count)
    var (left, overflows) = state.pointee.permits.addingReportingOverflow(count)
    if overflows { misuse("a semaphore was given back more permits than can be counted") }
    var waiters = FiberList()
    while let first = line.first, first.pointee.permits <= left {
      left -= first.pointee.permits
      waiters.append(line.popFirst()!)
    }
    end(machine, .semaphoreRelease, left: left, count)
    machine.readyAll(&waiters, cause: .semaphore, object: id)
    machine.leave()
  }

  private func begin(_ count: Int) -> MachineRef {
    guard count >= 0 else { misuse("a semaphore's permits were asked for by a negative number") }
    let machine = beginOperation("a semaphore", .semaphore)
    line.lock.pointee.lock()
    return machine
  }

  private func take(_ count: Int, _ machine: MachineRef) -> Bool {
    guard state.pointee.permits >= count, line.first == nil else { return false }
    end(machine, .semaphoreAcquire, left: state.pointee.permits - count, count)
    machine.leave()
    return true
  }

  /// Sets the permits, gives the lock back, and tells.
  private func end(_ machine: MachineRef, _ kind: EventKind, left: Int, _ count: Int) {
    let sequence = state.pointee.sequence &+ 1
    state.pointee = State(permits: left, sequence: sequence)
    line.lock.pointee.unlock()
    guard id != 0 else { return }
    machine.emit(
      kind, fiber: machine.pointee.fiber?.pointee.id ?? 0, a: id, b: sequence, c: UInt32(clamping: left),
      d: UInt32(clamping: count))
  }
}
