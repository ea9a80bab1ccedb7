import MagpieTrace

/// What a channel is but for its values: its core, and what the trace tells of it. Not generic, so that it is compiled once, in this
/// module; what moves values is `Channel`, and specialised where it is used.
///
/// Each operation is two calls with the value's move between them, the lock held: `begin…` finds the place that the value goes
/// to or comes from, `end` tells and wakes. Rejected: moving bytes here, which not every type allows.
@usableFromInline
struct ChannelObject: ~Copyable {
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
    var partnerRef: WaiterRef? { partner?.assumingMemoryBound(to: Waiter<RealMemory>.self) }
  }

  // The core stays the first field: its address is the object's.
  var core: ChannelCore<RealMemory>
  /// Bytes from value to value.
  let stride: Int
  /// Where the values lie, `capacity` of them.
  let values: UnsafeMutableRawPointer
  /// The object's number in the trace; 0 when it was made outside a runtime, and then it is not traced.
  var id: UInt32 = 0
  var objects: ObjectTable?

  /// Bytes of a line of the cache.
  static let cacheLine = 64

  init(capacity: Int, stride: Int, values: UnsafeMutableRawPointer) {
    core = ChannelCore(capacity: capacity)
    self.stride = stride
    self.values = values
  }
}

@usableFromInline typealias ChannelRef = UnsafeMutablePointer<ChannelObject>

extension UnsafeMutablePointer where Pointee == ChannelObject {
  // MARK: Making and ending

  /// A channel's core with its values behind it, in one allocation.
  @usableFromInline
  static func make(capacity: Int, stride: Int, alignment: Int) -> ChannelRef {
    guard capacity >= 0 else { misuse("a channel's capacity is not negative: \(capacity)") }
    // Lines of the cache of its own: what two processors do with two channels is not to meet.
    let alignment = Swift.max(alignment, ChannelObject.cacheLine)
    let offset = (MemoryLayout<ChannelObject>.size + alignment - 1) / alignment * alignment
    let memory = UnsafeMutableRawPointer.allocate(byteCount: offset + capacity * stride, alignment: alignment)
    let core = memory.bindMemory(to: ChannelObject.self, capacity: 1)
    core.initialize(to: ChannelObject(capacity: capacity, stride: stride, values: memory + offset))
    if let machine = MachineRef.current, machine.scheduler.pointee.isTraceable {
      core.announce(machine.enterRuntime(.makeChannel))
    }
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
        id: id, kind: .channel, sequence: core.value.pointee.core.sequence,
        occupancy: UInt32(clamping: core.value.pointee.core.count),
        capacity: UInt32(clamping: core.value.pointee.core.capacity))
    }
    machine.emit(
      .channelMake, fiber: machine.pointee.fiber?.pointee.id ?? 0, a: id, c: UInt32(clamping: pointee.core.capacity))
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
    place(at: core.index(number))
  }

  @inline(__always)
  private func place(at index: Int) -> UnsafeMutableRawPointer { pointee.values + index &* pointee.stride }

  /// The number of buffered values.
  @usableFromInline var count: Int { pointee.core.count }

  /// The core is the first field.
  @inline(__always)
  var core: UnsafeMutablePointer<ChannelCore<RealMemory>> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: ChannelCore<RealMemory>.self)
  }

  private var lockRef: UnsafeMutablePointer<RuntimeLock> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: RuntimeLock.self)
  }

  func lock() { pointee.core.lock.lock() }
  func unlockAndForget() { pointee.core.lock.unlockAndForget() }

  @inline(__always)
  private func begin(_ what: StaticString, _ operation: Operation) -> MachineRef {
    let machine = beginOperation(what, operation)
    pointee.core.lock.lock()
    return machine
  }

  // MARK: Sending

  /// Takes the lock and finds the place for a value: a waiting receiver's, or one of the buffer. Without a place the fiber must
  /// `waitToSend`, else `end` the step.
  @usableFromInline
  func beginSend() -> ChannelObject.Step { placeToSend(begin("send", .send)) }

  /// The same, with the lock held.
  @inline(__always)
  func placeToSend(_ machine: MachineRef) -> ChannelObject.Step {
    switch core.placeToSend() {
    case .closed: misuse("send on a closed channel")
    case .waiter(let receiver): ChannelObject.Step(receiver.pointee.slot, machine, receiver)
    case .buffer(let index, _): ChannelObject.Step(place(at: index), machine, nil)
    case .none: ChannelObject.Step(nil, machine, nil)
    }
  }

  /// Waits until a receiver has taken the value at `slot`.
  @usableFromInline
  func waitToSend(_ step: ChannelObject.Step, _ slot: UnsafeMutableRawPointer) {
    let succeeded = withWaiter(step.machineRef, slot) { waiter in
      core.append(waiter, sends: true)
      park(step.machineRef, waiter, .channelSend)
    }
    guard succeeded else { misuse("send on a channel that was closed meanwhile") }
  }

  // MARK: Receiving

  /// Takes the lock and finds the oldest value: in the buffer, or with a waiting sender. Without one the fiber must
  /// `waitToReceive`, else `end` the step.
  @usableFromInline
  func beginReceive() -> ChannelObject.Step { placeToReceive(begin("receive", .receive)) }

  /// The same, with the lock held.
  @inline(__always)
  func placeToReceive(_ machine: MachineRef) -> ChannelObject.Step {
    switch core.placeToReceive() {
    case .waiter(let sender): ChannelObject.Step(sender.pointee.slot, machine, sender)
    case .buffer(let index, let sender): ChannelObject.Step(place(at: index), machine, sender)
    case .closed, .none: ChannelObject.Step(nil, machine, nil)
    }
  }

  /// The value that goes to the place that a buffered one has left: a waiting sender's, so that first in stays first out. A
  /// sender waits only while the buffer is full, so the place left is the one behind the last.
  @usableFromInline
  func refill(_ step: ChannelObject.Step) -> UnsafeMutableRawPointer? {
    let slot = step.partnerRef?.pointee.slot
    return slot == step.place ? nil : slot
  }

  /// Waits until a sender has put a value to `slot`.
  /// - Returns: false when there is none: the channel is closed.
  @usableFromInline
  func waitToReceive(_ step: ChannelObject.Step, _ slot: UnsafeMutableRawPointer) -> Bool {
    let machine = step.machineRef
    if pointee.core.isClosed {
      endClosed(machine)
      return false
    }
    return withWaiter(machine, slot) { waiter in
      core.append(waiter, sends: false)
      park(machine, waiter, .channelReceive)
    }
  }

  /// Nothing is left, and nothing will come: gives the lock back, and tells.
  func endClosed(_ machine: MachineRef) {
    let sequence = nextSequence()
    pointee.core.lock.unlock()
    note(machine, .channelReceive, 2, sequence, 0)
    machine.leave()
  }

  // MARK: The end of both

  @usableFromInline func endSend(_ step: ChannelObject.Step) { end(step, .channelSend) }
  @usableFromInline func endReceive(_ step: ChannelObject.Step) { end(step, .channelReceive) }

  /// The value is where it goes: gives the lock back, tells, and lets the partner go on.
  @inline(__always)
  private func end(_ step: ChannelObject.Step, _ kind: EventKind) {
    let machine = step.machineRef
    let (sequence, count, id) = (nextSequence(), pointee.core.count, pointee.id)
    pointee.core.lock.unlock()
    note(machine, kind, step.partner == nil ? 0 : 1, sequence, count)
    if let partner = step.partnerRef { machine.ready(partner.pointee.fiber, cause: .channel, object: id) }
    machine.leave()
  }

  @usableFromInline
  func close() {
    let machine = begin("close", .closeChannel)
    guard core.close() else { misuse("close of a closed channel") }
    var waiters: [FiberRef] = []
    // Their waiters say that nothing was passed.
    while let waiter = core.popReceiver() { waiters.append(waiter.pointee.fiber) }
    while let waiter = core.popSender() { waiters.append(waiter.pointee.fiber) }
    let sequence = nextSequence()
    pointee.core.lock.unlock()
    note(machine, .channelClose, 0, sequence, waiters.count)
    for (index, fiber) in waiters.enumerated() {
      if index > 0 { machine.passGate(.readyNext) }
      machine.ready(fiber, cause: .channel, object: pointee.id)
    }
    machine.leave()
  }

  /// A waiter on the running fiber's stack, for as long as `body` waits. - Returns: what the waker said.
  @inline(__always)
  private func withWaiter(_ machine: MachineRef, _ slot: UnsafeMutableRawPointer, _ body: (WaiterRef) -> Void) -> Bool {
    withUnsafeTemporaryAllocation(of: Waiter<RealMemory>.self, capacity: 1) { room in
      let waiter = room.baseAddress!
      waiter.initialize(to: Waiter(machine.pointee.fiber!, slot))
      body(waiter)
      return waiter.pointee.succeeded
    }
  }

  private func nextSequence() -> UInt32 {
    pointee.core.sequence = pointee.core.sequence &+ 1
    return pointee.core.sequence
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
