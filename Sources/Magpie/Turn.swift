import MagpieTrace
import Synchronization

/// One fiber at a time uses one direction of a file, in the order in which they came (the locks in Go's fdMutex): so two writes
/// never mix, and one fiber at most waits on a side.
///
/// A count of those who want it; who finds it 0 has it. Who gives it back and finds others leaves one permit, for the first in
/// line, or for one who has counted itself and is on its way there.
struct Turn: ~Copyable, Sendable {
  private let wanted = Atomic<Int>(0)
  private let line = WaitLine()
  /// Under the line's lock.
  private let permits = Atomic<Int>(0)
  /// The object of the trace: 0 if the file is not traced.
  var id: UInt32 { line.id }

  func take(_ what: StaticString, object: UInt32) {
    // Acquire: what the last one did is visible. Partner: the release in `give`.
    guard wanted.wrappingAdd(1, ordering: .acquiring).oldValue > 0 else { return }
    let machine = beginOperation(what, .turn)
    line.lock.pointee.lock()
    let permits = permits.load(ordering: .relaxed)
    guard permits == 0 else {
      self.permits.store(permits - 1, ordering: .relaxed)
      line.lock.pointee.unlock()
      return machine.leave()
    }
    let fiber = machine.pointee.fiber!
    let fibers = line.fibers
    fibers.pointee.append(fiber)
    machine.pointee.requestLock = line.lock
    machine.park(fiber, .netpoll, object: object)
  }

  func give(_ what: StaticString, object: UInt32) {
    guard wanted.wrappingSubtract(1, ordering: .releasing).newValue > 0 else { return }
    let machine = beginOperation(what, .turn)
    line.lock.pointee.lock()
    let fibers = line.fibers
    let fiber = fibers.pointee.popFirst()
    if fiber == nil { permits.wrappingAdd(1, ordering: .relaxed) }
    line.lock.pointee.unlock()
    if let fiber { machine.ready(fiber, cause: .netpoll, object: object) }
    machine.leave()
  }
}
