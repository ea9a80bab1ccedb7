import MagpieTrace

/// What locks and wait groups share: fibers in line under a lock, and the object's number in the trace.
struct WaitLine: ~Copyable, @unchecked Sendable {
  let lock: UnsafeMutablePointer<RuntimeLock>
  /// Under the lock.
  let fibers: UnsafeMutablePointer<FiberList>
  /// 0 when the object was made outside a runtime that may be traced, and then it is not traced.
  let id: UInt32
  /// The object was made on a fiber of a runtime that is never traced: what wakes nobody need not ask the machine. Elsewhere
  /// each use does, and so a use outside a runtime is found.
  let isQuick: Bool
  private let objects: ObjectTable?

  init() {
    lock = .allocate(capacity: 1)
    lock.initialize(to: RuntimeLock())
    fibers = .allocate(capacity: 1)
    fibers.initialize(to: FiberList())
    let machine = MachineRef.current
    isQuick = machine.map { !$0.scheduler.pointee.isTraceable } ?? false
    if let machine, machine.scheduler.pointee.isTraceable {
      id = machine.scheduler.nextObject()
      objects = machine.scheduler.pointee.objects
    } else {
      id = 0
      objects = nil
    }
  }

  /// Lets snapshots read the object, until it is withdrawn: `read` may be called while the last reference goes.
  func announce(_ read: @escaping @Sendable (UInt32) -> Snapshot.Object) {
    guard let objects else { return }
    objects.add(id) { [id] in read(id) }
  }

  /// What the object's `deinit` begins with: whoever reads it is done then.
  func withdraw() { objects?.remove(id) }

  // Under the lock. The list is a variable of its own, so that changing it in place touches nothing else.

  /// The fiber that has waited longest.
  var first: FiberRef? { fibers.pointee.first }
  var count: Int { fibers.pointee.count }
  func append(_ fiber: FiberRef) {
    let fibers = fibers
    fibers.pointee.append(fiber)
  }
  func popFirst() -> FiberRef? {
    let fibers = fibers
    return fibers.pointee.popFirst()
  }

  deinit {
    lock.deinitialize(count: 1)
    lock.deallocate()
    fibers.deinitialize(count: 1)
    fibers.deallocate()
  }
}

/// Fibers in line, linked through `next`. Under the lock of the object that they wait on.
struct FiberList {
  private(set) var first: FiberRef?
  private var last: FiberRef?
  private(set) var count = 0

  var isEmpty: Bool { first == nil }

  mutating func append(_ fiber: FiberRef) {
    fiber.pointee.next = nil
    if let last { last.pointee.next = fiber } else { first = fiber }
    last = fiber
    count += 1
  }

  mutating func prepend(_ fiber: FiberRef) {
    fiber.pointee.next = first
    first = fiber
    if last == nil { last = fiber }
    count += 1
  }

  mutating func popFirst() -> FiberRef? {
    guard let fiber = first else { return nil }
    first = fiber.pointee.next
    if first == nil { last = nil }
    fiber.pointee.next = nil
    count -= 1
    return fiber
  }
}

extension UnsafeMutablePointer where Pointee == Machine {
  /// Makes fibers runnable that were taken out of a line, the first in the operation that took them, each other in one of its own.
  func readyAll(_ fibers: inout FiberList, cause: ReadyCause, object: UInt32) {
    var isFirst = true
    while let fiber = fibers.popFirst() {
      if !isFirst { passGate(.readyNext) }
      isFirst = false
      ready(fiber, cause: cause, object: object)
    }
  }
}
