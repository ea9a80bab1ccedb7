import CKernel
import MagpieTrace
import Synchronization

/// What a channel is but for its values: its lock, who waits, and how much is buffered. Not generic, so that it is compiled
/// once, in this module; what moves values is `Channel`, and specialised where it is used.
///
/// Each operation is two calls with the value's move between them, the lock held: `begin…` finds the place that the value goes
/// to or comes from, `end` tells and wakes. Rejected: moving bytes here, which not every type allows.
@usableFromInline
struct ChannelCore: ~Copyable {
  /// The way of one value, from `begin…` to `end`.
  @frozen @usableFromInline
  struct Step {
    /// Where the value goes to or is; nil: the fiber must wait, or the channel is closed.
    @usableFromInline let place: UnsafeMutableRawPointer?
    @usableFromInline let machine: UnsafeMutableRawPointer
    /// The waiter on the other side, whose fiber goes on.
    @usableFromInline let partner: UnsafeMutableRawPointer?

    init(_ place: UnsafeMutableRawPointer?, _ machine: MachineRef, _ partner: WaiterRef?) {
      self.place = place
      self.machine = UnsafeMutableRawPointer(machine)
      self.partner = UnsafeMutableRawPointer(partner)
    }

    var machineRef: MachineRef { machine.assumingMemoryBound(to: Machine.self) }
    var partnerRef: WaiterRef? { partner?.assumingMemoryBound(to: Waiter.self) }
  }

  // The lock stays the first field: its address is the core's.
  let lock = RuntimeLock()
  // Under the lock.
  var isClosed = false
  var head = 0
  var count = 0
  var sequence: UInt32 = 0
  var receivers = Waiter.Line()
  var senders = Waiter.Line()

  let capacity: Int
  /// Bytes from value to value.
  let stride: Int
  /// Where the values lie, `capacity` of them.
  let values: UnsafeMutableRawPointer
  /// The object's number in the trace; 0 when it was made outside a runtime, and then it is not traced.
  var id: UInt32 = 0
  var objects: ObjectTable?

  init(capacity: Int, stride: Int, values: UnsafeMutableRawPointer) {
    self.capacity = capacity
    self.stride = stride
    self.values = values
  }
}

@usableFromInline typealias ChannelRef = UnsafeMutablePointer<ChannelCore>

extension UnsafeMutablePointer where Pointee == ChannelCore {
  // MARK: Making and ending

  /// A channel's core with its values behind it, in one allocation.
  @usableFromInline
  static func make(capacity: Int, stride: Int, alignment: Int) -> ChannelRef {
    guard capacity >= 0 else { misuse("a channel's capacity is not negative: \(capacity)") }
    let alignment = Swift.max(alignment, MemoryLayout<ChannelCore>.alignment)
    let offset = (MemoryLayout<ChannelCore>.size + alignment - 1) / alignment * alignment
    let memory = UnsafeMutableRawPointer.allocate(byteCount: offset + capacity * stride, alignment: alignment)
    let core = memory.bindMemory(to: ChannelCore.self, capacity: 1)
    core.initialize(to: ChannelCore(capacity: capacity, stride: stride, values: memory + offset))
    if let machine = MachineRef.current, machine.scheduler.pointee.isTraceable { core.announce(machine.enterRuntime()) }
    return core
  }

  private func announce(_ machine: MachineRef) {
    let id = machine.scheduler.nextObject()
    pointee.id = id
    pointee.objects = machine.scheduler.pointee.objects
    let core = Unchecked(self)
    // One operation with its event: a snapshot has both or neither.
    pointee.objects?.add(id) {
      Snapshot.Object(
        id: id, kind: .channel, sequence: core.value.pointee.sequence,
        occupancy: UInt32(clamping: core.value.pointee.count), capacity: UInt32(clamping: core.value.pointee.capacity))
    }
    machine.emit(
      .channelMake, fiber: machine.pointee.fiber?.pointee.id ?? 0, a: id, c: UInt32(clamping: pointee.capacity))
    machine.leave()
  }

  /// After the values were deinitialized.
  @usableFromInline
  func destroy() {
    pointee.objects?.remove(pointee.id)
    deinitialize(count: 1)
    UnsafeMutableRawPointer(self).deallocate()
  }

  /// The place of the n-th buffered value, the oldest being 0.
  @usableFromInline
  func place(_ number: Int) -> UnsafeMutableRawPointer {
    // Head and number are at most the capacity.
    let index = pointee.head &+ number
    return pointee.values + (index >= pointee.capacity ? index &- pointee.capacity : index) &* pointee.stride
  }

  /// The number of buffered values.
  @usableFromInline var count: Int { pointee.count }

  private var lockRef: UnsafeMutablePointer<RuntimeLock> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: RuntimeLock.self)
  }

  func lock() { pointee.lock.lock() }
  func unlock() { pointee.lock.unlock() }

  @inline(__always)
  private func begin(_ what: StaticString) -> MachineRef {
    let machine = beginOperation(what)
    pointee.lock.lock()
    return machine
  }

  // MARK: Sending

  /// Takes the lock and finds the place for a value: a waiting receiver's, or one of the buffer. Without a place the fiber must
  /// `waitToSend`, else `end` the step.
  @usableFromInline
  func beginSend() -> ChannelCore.Step { placeToSend(begin("send")) }

  /// The same, with the lock held.
  @inline(__always)
  func placeToSend(_ machine: MachineRef) -> ChannelCore.Step {
    guard !pointee.isClosed else { misuse("send on a closed channel") }
    if let receiver = popReceiver() {
      receiver.pointee.succeeded = true
      return ChannelCore.Step(receiver.pointee.slot, machine, receiver)
    }
    guard pointee.count < pointee.capacity else { return ChannelCore.Step(nil, machine, nil) }
    let place = place(pointee.count)
    pointee.count = pointee.count &+ 1
    return ChannelCore.Step(place, machine, nil)
  }

  /// Waits until a receiver has taken the value at `slot`.
  @usableFromInline
  func waitToSend(_ step: ChannelCore.Step, _ slot: UnsafeMutableRawPointer) {
    let succeeded = withWaiter(step.machineRef, slot) { waiter in
      var senders = pointee.senders
      senders.append(waiter)
      pointee.senders = senders
      park(step.machineRef, waiter, .channelSend)
    }
    guard succeeded else { misuse("send on a channel that was closed meanwhile") }
  }

  // MARK: Receiving

  /// Takes the lock and finds the oldest value: in the buffer, or with a waiting sender. Without one the fiber must
  /// `waitToReceive`, else `end` the step.
  @usableFromInline
  func beginReceive() -> ChannelCore.Step { placeToReceive(begin("receive")) }

  /// The same, with the lock held.
  @inline(__always)
  func placeToReceive(_ machine: MachineRef) -> ChannelCore.Step {
    guard pointee.count > 0 else {
      let sender = popSender()
      sender?.pointee.succeeded = true
      return ChannelCore.Step(sender?.pointee.slot, machine, sender)
    }
    let place = place(0)
    pointee.head = pointee.head &+ 1 == pointee.capacity ? 0 : pointee.head &+ 1
    let sender = popSender()
    if let sender { sender.pointee.succeeded = true } else { pointee.count = pointee.count &- 1 }
    return ChannelCore.Step(place, machine, sender)
  }

  /// The value that goes to the place that a buffered one has left: a waiting sender's, so that first in stays first out. A
  /// sender waits only while the buffer is full, so the place left is the one behind the last.
  @usableFromInline
  func refill(_ step: ChannelCore.Step) -> UnsafeMutableRawPointer? {
    let slot = step.partnerRef?.pointee.slot
    return slot == step.place ? nil : slot
  }

  /// Waits until a sender has put a value to `slot`.
  /// - Returns: false when there is none: the channel is closed.
  @usableFromInline
  func waitToReceive(_ step: ChannelCore.Step, _ slot: UnsafeMutableRawPointer) -> Bool {
    let machine = step.machineRef
    if pointee.isClosed {
      endClosed(machine)
      return false
    }
    return withWaiter(machine, slot) { waiter in
      var receivers = pointee.receivers
      receivers.append(waiter)
      pointee.receivers = receivers
      park(machine, waiter, .channelReceive)
    }
  }

  /// Nothing is left, and nothing will come: gives the lock back, and tells.
  func endClosed(_ machine: MachineRef) {
    let sequence = nextSequence()
    pointee.lock.unlock()
    note(machine, .channelReceive, 2, sequence, 0)
    machine.leave()
  }

  // MARK: The end of both

  @usableFromInline func endSend(_ step: ChannelCore.Step) { end(step, .channelSend) }
  @usableFromInline func endReceive(_ step: ChannelCore.Step) { end(step, .channelReceive) }

  /// The value is where it goes: gives the lock back, tells, and lets the partner go on.
  @inline(__always)
  private func end(_ step: ChannelCore.Step, _ kind: EventKind) {
    let machine = step.machineRef
    let (sequence, count, id) = (nextSequence(), pointee.count, pointee.id)
    pointee.lock.unlock()
    note(machine, kind, step.partner == nil ? 0 : 1, sequence, count)
    if let partner = step.partnerRef { machine.ready(partner.pointee.fiber, cause: .channel, object: id) }
    machine.leave()
  }

  @usableFromInline
  func close() {
    let machine = begin("close")
    guard !pointee.isClosed else { misuse("close of a closed channel") }
    pointee.isClosed = true
    var waiters: [FiberRef] = []
    // Their waiters say that nothing was passed.
    while let waiter = popReceiver() { waiters.append(waiter.pointee.fiber) }
    while let waiter = popSender() { waiters.append(waiter.pointee.fiber) }
    let sequence = nextSequence()
    pointee.lock.unlock()
    note(machine, .channelClose, 0, sequence, waiters.count)
    for (index, fiber) in waiters.enumerated() {
      if index > 0 { machine.passGate() }
      machine.ready(fiber, cause: .channel, object: pointee.id)
    }
    machine.leave()
  }

  // Lists are taken out, changed and put back: a change in place counts, for ThreadSanitizer, as one of the whole core, and so
  // as a race with whoever tries the lock.

  /// The first in line whom no other waker was quicker to wake.
  @inline(__always)
  private func popReceiver() -> WaiterRef? {
    var receivers = pointee.receivers
    defer { pointee.receivers = receivers }
    while let waiter = receivers.popFirst() { if waiter.wins() { return waiter } }
    return nil
  }

  @inline(__always)
  private func popSender() -> WaiterRef? {
    var senders = pointee.senders
    defer { pointee.senders = senders }
    while let waiter = senders.popFirst() { if waiter.wins() { return waiter } }
    return nil
  }

  /// A waiter on the running fiber's stack, for as long as `body` waits. - Returns: what the waker said.
  @inline(__always)
  private func withWaiter(_ machine: MachineRef, _ slot: UnsafeMutableRawPointer, _ body: (WaiterRef) -> Void) -> Bool {
    withUnsafeTemporaryAllocation(of: Waiter.self, capacity: 1) { room in
      let waiter = room.baseAddress!
      waiter.initialize(to: Waiter(machine.pointee.fiber!, slot))
      body(waiter)
      return waiter.pointee.succeeded
    }
  }

  private func nextSequence() -> UInt32 {
    pointee.sequence = pointee.sequence &+ 1
    return pointee.sequence
  }

  /// Parks with the lock held; the machine gives it back once the fiber's stack is left.
  private func park(_ machine: MachineRef, _ waiter: WaiterRef, _ reason: ParkReason) {
    machine.pointee.requestLock = lockRef
    machine.park(waiter.pointee.fiber, reason, object: pointee.id)
  }

  @inline(__always)
  private func note(_ machine: MachineRef, _ kind: EventKind, _ detail: UInt8, _ sequence: UInt32, _ count: Int) {
    guard pointee.id != 0 else { return }
    machine.emit(
      kind, detail: detail, fiber: machine.pointee.fiber?.pointee.id ?? 0, a: pointee.id, b: sequence,
      c: UInt32(clamping: count))
  }
}

extension UnsafeMutablePointer where Pointee == Machine {
  /// Parks the running fiber, in the operation that has passed the gate.
  @inline(__always)
  func park(_ fiber: FiberRef, _ reason: ParkReason, object: UInt32, request: Machine.Request = .park) {
    fiber.pointee.parkReason = reason
    fiber.pointee.parkObject = object
    fiber.pointee.sequence = fiber.pointee.sequence &+ 1
    switchOut(request)
  }
}
