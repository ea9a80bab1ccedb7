import CKernel
import Glibc
import MagpieTrace
import Synchronization

/// A file descriptor on the runtime's network poller: fibers that would block on it park instead (Go's poll.FD).
///
/// It serves one runtime: that of the fiber which made it. Several fibers may use it at once; those that read take turns, and
/// so do those that write. It is closed by `close`, or when nobody refers to it any more.
public final class PolledFile: Sendable {
  enum Direction { case reading, writing }
  enum Kind { case tcp, unix, other }

  /// The kernel's number. Do not close it, and do not make it blocking.
  public let descriptor: Int32
  private let kind: Kind
  private let poller: Poller
  private let place: UInt32
  /// Bit 0: closed. Above: the calls going on. Whoever ends the last one of a closed file gives the descriptor back, so that no call
  /// ever reaches another file that got its number (Go's fdMutex).
  private let uses = Atomic<UInt32>(0)
  private let readTurn = Turn()
  private let writeTurn = Turn()
  /// The trace's number of the file; 0 if it is not traced.
  var id: UInt32 { readTurn.id }

  /// Takes over a descriptor: a socket, a pipe, a terminal, whatever can be polled. It becomes non-blocking.
  /// - Throws: `IOError.failed`, with `EPERM` for what is always ready, as a regular file; the descriptor is closed then too.
  public convenience init(adopting descriptor: Int32) throws(IOError) {
    let error = ck_set_nonblocking(descriptor)
    guard error >= 0 else {
      _ = ck_close(descriptor)
      throw .failed(operation: "adopt", errno: -error)
    }
    try self.init(descriptor, .other, "adopt")
  }

  /// - Parameter descriptor: non-blocking already; closed if this fails.
  init(_ descriptor: Int32, _ kind: Kind, _ operation: StaticString) throws(IOError) {
    let machine = currentMachine(operation)
    poller = machine.scheduler.pointee.poller
    self.descriptor = descriptor
    self.kind = kind
    var error = machine.openPoller()
    var place: UInt32 = 0
    if error >= 0 { (place, error) = poller.add(descriptor) }
    self.place = place
    guard error >= 0 else {
      _ = ck_close(descriptor)
      // Nothing is left to give back.
      uses.store(1, ordering: .relaxed)
      throw .failed(operation: "\(operation)", errno: -error)
    }
  }

  deinit { if uses.load(ordering: .acquiring) & 1 == 0 { giveBack() } }

  private func giveBack() {
    poller.remove(descriptor, place)
    _ = ck_close(descriptor)
  }

  /// Closes the file. Fibers that wait for it get `IOError.closed`; closing twice does nothing.
  public func close() {
    guard begin() else { return }
    let machine = beginOperation("close", .file)
    // Sequentially consistent: said before the sides are looked at; see the argument in PollSide.
    if uses.bitwiseOr(1, ordering: .sequentiallyConsistent).oldValue & 1 == 0 {
      machine.interruptWait(on: poller.reading(place))
      machine.passGate(.file)
      machine.interruptWait(on: poller.writing(place))
    }
    machine.leave()
    end()
  }

  // MARK: Calls

  /// A call begins. - Returns: false if the file is closed.
  private func begin() -> Bool {
    var seen = uses.load(ordering: .relaxed)
    while seen & 1 == 0 {
      let (exchanged, current) = uses.compareExchange(expected: seen, desired: seen &+ 2, ordering: .relaxed)
      if exchanged { return true }
      seen = current
    }
    return false
  }

  private func end() {
    // Acquire and release: all calls are over before the descriptor is given back.
    if uses.wrappingSubtract(2, ordering: .acquiringAndReleasing).newValue == 1 { giveBack() }
  }

  /// Runs `body` as the only call of its direction.
  @inline(__always)
  private func use<Result>(
    _ direction: Direction, _ operation: StaticString, _ body: () throws(IOError) -> Result
  ) throws(IOError) -> Result {
    guard begin() else { throw .closed(operation: "\(operation)") }
    defer { end() }
    switch direction {
    case .reading:
      readTurn.take(operation, object: id)
      defer { readTurn.give(operation, object: id) }
      return try body()
    case .writing:
      writeTurn.take(operation, object: id)
      defer { writeTurn.give(operation, object: id) }
      return try body()
    }
  }

  /// Repeats a system call, waiting for the file each time that it would block.
  private func repeatCall(
    _ direction: Direction, _ operation: StaticString, _ call: () -> Int
  ) throws(IOError) -> Int {
    let side = side(direction)
    side.reset()
    while true {
      try check(side, operation)
      let result = call()
      if result >= 0 { return result }
      guard result == -Int(EAGAIN) else { throw .failed(operation: "\(operation)", errno: Int32(-result)) }
      wait(on: side, operation)
    }
  }

  /// A call that returns a number or -errno, as the only one of its direction.
  func perform(
    _ direction: Direction, _ operation: StaticString, _ call: () -> Int
  ) throws(IOError) -> Int {
    try use(direction, operation) { () throws(IOError) in try repeatCall(direction, operation, call) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
    return try use(.reading, "read") { () throws(IOError) in
      let side = side(.reading)
      if side.pointee.isDrained.load(ordering: .relaxed) { try awaitMore(side) }
      let count = try repeatCall(.reading, "read") { ck_read(descriptor, base, buffer.count) }
      side.pointee.isDrained.store(
        kind == .tcp && (1..<buffer.count).contains(count) && !side.pointee.hidesMore.load(ordering: .relaxed),
        ordering: .relaxed)
      return count
    }
  }

  /// Waits without a look that would be in vain: the last read took all there was; see the argument in PollSide.
  private func awaitMore(_ side: PollSideRef) throws(IOError) {
    try check(side, "read")
    wait(on: side, "read")
  }

  /// All of it, with no other write in between.
  func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    try use(.writing, "write") { () throws(IOError) in
      var done = 0
      while done < bytes.count {
        done += try repeatCall(.writing, "write") {
          ck_write(descriptor, base + done, bytes.count - done, kind != .other)
        }
      }
    }
  }

  /// Part of `bytes`, as much as there is room for; waits until there is some. - Returns: how many bytes.
  func writeSome(_ bytes: UnsafeRawBufferPointer) throws(IOError) -> Int {
    try perform(.writing, "write") { ck_write(descriptor, bytes.baseAddress!, bytes.count, kind != .other) }
  }

  /// Not in a turn of its own: it is meant for the one that waits there, whom the kernel wakes.
  func shutdownReading() throws(IOError) {
    guard begin() else { throw .closed(operation: "shutdown") }
    defer { end() }
    _ = try IOError.check(ck_shutdown(descriptor, false), "shutdown")
  }

  /// Waits until a call of this direction would not block.
  func waitUntilReady(_ direction: Direction, _ operation: StaticString) throws(IOError) {
    try use(direction, operation) { () throws(IOError) in
      let side = side(direction)
      while !ck_is_ready(descriptor, direction == .writing) {
        try check(side, operation)
        wait(on: side, operation)
      }
    }
  }

  // MARK: Waiting

  private func side(_ direction: Direction) -> PollSideRef {
    direction == .reading ? poller.reading(place) : poller.writing(place)
  }

  private func isPast(_ deadline: UInt64, _ machine: MachineRef) -> Bool {
    deadline != .max && deadline <= machine.ownTime
  }

  private func check(_ side: PollSideRef, _ operation: StaticString) throws(IOError) {
    // Relaxed: a first look; `wait` looks again, in order.
    if uses.load(ordering: .relaxed) & 1 != 0 { throw .closed(operation: "\(operation)") }
    let deadline = side.pointee.deadline.load(ordering: .relaxed)
    if deadline != .max, isPast(deadline, currentMachine(operation)) {
      throw .deadlineExceeded(operation: "\(operation)")
    }
  }

  /// Parks until the side is ready, or anything else happened to the file: the caller looks again.
  private func wait(on side: PollSideRef, _ operation: StaticString) {
    var machine = beginOperation(operation, .file)
    guard machine.scheduler.pointee.poller === poller else { misuse("\(operation) on a file of another runtime") }
    guard side.beginWaiting() else { return machine.leave() }
    machine.interleave()
    // Sequentially consistent: the second step of the argument in PollSide.
    let deadline = side.pointee.deadline.load(ordering: .sequentiallyConsistent)
    guard uses.load(ordering: .sequentiallyConsistent) & 1 == 0, !isPast(deadline, machine) else {
      side.endWaiting()
      return machine.leave()
    }
    let fiber = machine.pointee.fiber!
    fiber.pointee.pollSide = side
    fiber.pointee.deadline = deadline
    machine.park(fiber, .netpoll, object: id, request: .parkInNetpoll)
    side.endWaiting()
    guard deadline != .max else { return }
    machine = currentMachine(operation)
    machine.enter()
    machine.disarm(fiber)
    machine.leave()
  }

  /// Sets or, with nil, lifts the deadline of a direction; a fiber that waits there keeps to the new one.
  func setDeadline(_ direction: Direction, after duration: Duration?, _ operation: StaticString) throws(IOError) {
    guard begin() else { throw .closed(operation: "\(operation)") }
    let machine = beginOperation(operation, .file)
    let side = side(direction)
    let deadline = duration.map { machine.ownTime &+ $0.nanoseconds } ?? .max
    // Sequentially consistent: said before the fiber is looked for; see the argument in PollSide.
    side.pointee.deadline.store(deadline, ordering: .sequentiallyConsistent)
    machine.interleave()
    machine.interruptWait(on: side)
    machine.leave()
    end()
  }
}
