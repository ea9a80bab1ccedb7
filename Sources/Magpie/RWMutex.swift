import MagpieTrace

/// A lock that any number of readers may hold, or one writer (Go's sync.RWMutex).
///
/// Readers and writers take turns, so that neither starve: a writer that waits stops new readers, and waits for those that read
/// already; when it is done, all readers that came meanwhile have their turn, and then the next writer. So a reader must not
/// take the lock a second time: a writer that came between would make it wait for itself.
///
/// The lock is handed over: who gives it back gives it to those in line in the same step. Rejected: letting the woken compete, as
/// `Mutex` does: newcomers would read before the writers whose turn it is. All of it is under the line's lock, the readers'
/// count too: counted in a word of its own it would be as contended.
public final class RWMutex: Sendable {
  private struct State {
    /// Those that hold it to read.
    var readers = 0
    var isWritten = false
    var sequence: UInt32 = 0
  }

  /// The writers in line, with the lock for all, and the readers in line.
  private let writers: WaitLine
  private nonisolated(unsafe) let readers: UnsafeMutablePointer<FiberList>
  /// Under the lock.
  private nonisolated(unsafe) let state: UnsafeMutablePointer<State>
  var id: UInt32 { writers.id }

  public init() {
    readers = .allocate(capacity: 1)
    readers.initialize(to: FiberList())
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    writers = WaitLine()
    writers.announce { [unowned(unsafe) self] id in
      Snapshot.Object(
        id: id, kind: .readWriteLock, sequence: state.pointee.sequence,
        occupancy: state.pointee.isWritten ? Snapshot.Object.writer : UInt32(clamping: state.pointee.readers),
        capacity: 0)
    }
  }

  deinit {
    writers.withdraw()
    readers.deinitialize(count: 1)
    readers.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  // MARK: Reading

  /// Takes the lock to read, waiting while a writer holds it or waits for it.
  public func readLock() {
    let machine = begin("readLock", .lock)
    guard !state.pointee.isWritten, writers.first == nil else {
      let readers = readers
      return wait(machine, .read) { readers.pointee.append($0) }
    }
    state.pointee.readers += 1
    let sequence = nextSequence()
    writers.lock.pointee.unlock()
    note(machine, .lockAcquire, .read, sequence, count: 0)
    machine.leave()
  }

  /// Gives the lock back; the last reader gives it to the first writer in line.
  /// - Precondition: it is held by a reader.
  public func readUnlock() {
    let machine = begin("readUnlock", .unlock)
    guard state.pointee.readers > 0 else { misuse("readUnlock of a lock that no reader holds") }
    state.pointee.readers -= 1
    let writer = state.pointee.readers == 0 ? writers.popFirst() : nil
    end(machine, .read, to: writer)
  }

  /// Runs `body` with the lock held to read.
  public func withReadLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    readLock()
    defer { readUnlock() }
    return try body()
  }

  // MARK: Writing

  /// Takes the lock to write, waiting while anybody holds it.
  public func lock() {
    let machine = begin("lock", .lock)
    guard !state.pointee.isWritten, state.pointee.readers == 0 else {
      return wait(machine, .write) { writers.append($0) }
    }
    state.pointee.isWritten = true
    let sequence = nextSequence()
    writers.lock.pointee.unlock()
    note(machine, .lockAcquire, .write, sequence, count: 0)
    machine.leave()
  }

  /// Gives the lock back: to all readers that wait, or to the first writer in line.
  /// - Precondition: it is held by a writer.
  /// - Complexity: O(readers that go on).
  public func unlock() {
    let machine = begin("unlock", .unlock)
    guard state.pointee.isWritten else { misuse("unlock of a read-write lock that no writer holds") }
    state.pointee.isWritten = false
    let readers = readers
    guard !readers.pointee.isEmpty else { return end(machine, .write, to: writers.popFirst()) }
    var admitted = readers.pointee
    readers.pointee = FiberList()
    let count = admitted.count
    state.pointee.readers = count
    let waiting = writers.count
    let released = nextSequence()
    let passed = nextSequence()
    writers.lock.pointee.unlock()
    note(machine, .lockRelease, .write, released, count: waiting + count)
    note(machine, .lockHandover, .read, passed, count: count, fiber: Event.noFiber)
    machine.readyAll(&admitted, cause: .lock, object: id)
    machine.leave()
  }

  /// Runs `body` with the lock held to write.
  public func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  // MARK: Both

  private func begin(_ what: StaticString, _ operation: Operation) -> MachineRef {
    let machine = beginOperation(what, operation)
    writers.lock.pointee.lock()
    return machine
  }

  /// Joins a line and parks. Whoever makes the fiber ready has given it the lock.
  private func wait(_ machine: MachineRef, _ mode: LockMode, _ join: (FiberRef) -> Void) {
    let fiber = machine.pointee.fiber!
    join(fiber)
    note(machine, .lockWait, mode, nextSequence(), count: writers.count + readers.pointee.count)
    machine.pointee.requestLock = writers.lock
    machine.park(fiber, mode == .read ? .readLock : .writeLock, object: id)
  }

  /// The lock was given back: passes it to a writer, if there is one, and gives the line's lock back.
  private func end(_ machine: MachineRef, _ mode: LockMode, to writer: FiberRef?) {
    if writer != nil { state.pointee.isWritten = true }
    let waiting = writers.count + readers.pointee.count
    let released = nextSequence()
    let passed = writer == nil ? 0 : nextSequence()
    writers.lock.pointee.unlock()
    note(machine, .lockRelease, mode, released, count: waiting + (writer == nil ? 0 : 1))
    if let writer {
      note(machine, .lockHandover, .write, passed, count: 1, fiber: writer.pointee.id)
      machine.ready(writer, cause: .lock, object: id)
    }
    machine.leave()
  }

  private func nextSequence() -> UInt32 {
    state.pointee.sequence = state.pointee.sequence &+ 1
    return state.pointee.sequence
  }

  private func note(
    _ machine: MachineRef, _ kind: EventKind, _ mode: LockMode, _ sequence: UInt32, count: Int, fiber: UInt32? = nil
  ) {
    guard id != 0 else { return }
    machine.emit(
      kind, detail: mode.rawValue, fiber: fiber ?? machine.pointee.fiber?.pointee.id ?? 0, a: id, b: sequence,
      c: UInt32(clamping: count))
  }
}
