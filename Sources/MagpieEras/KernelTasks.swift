import CKernel
import Glibc
public import Magpie
import MagpieTrace
import Synchronization

/// Tasks that the kernel schedules, a thread or a process each, as a `TaskSystem`.
///
/// A task's calls run on its own thread, whose slot in the arena is kept in a thread-local; nothing here is the task's but that.
public final class KernelTasks: TaskSystem {
  let arena: Arena
  /// A process a task; else a thread.
  let hasProcesses: Bool
  /// In a process of a task: whose child all are.
  let host: Int32
  let network = BlockingNetwork()
  /// The last round's handles, by kind, while `adopting`: see there.
  private let adopted = Adopted()

  final class Adopted: @unchecked Sendable {
    var isOn = false
    var words = 0, channels = 0, mutexes = 0, groups = 0
  }

  init(_ arena: Arena, hasProcesses: Bool, host: Int32 = 0) {
    self.arena = arena
    self.hasProcesses = hasProcesses
    self.host = host
  }

  /// The calling task.
  var me: Int {
    let slot = Int(ck_task())
    guard slot >= 0 else { fatalError("magpie: called outside a task") }
    return slot
  }

  // MARK: rounds

  /// A scenario begins anew, alone in the world: its objects take the places of the last round's.
  /// - Returns: the steps of the load that it should have.
  public func beginRound() -> Int {
    let load = arena.header.pointee.load.load(ordering: .relaxed)
    arena.header.pointee.roundLoad.store(load, ordering: .relaxed)
    arena.withLock {
      for index in 0..<arena.header.pointee.wordCount { arena.words[index].store(0, ordering: .relaxed) }
      arena.header.pointee.wordCount = 0
      arena.header.pointee.channelCount = 0
      arena.header.pointee.mutexCount = 0
      arena.header.pointee.groupCount = 0
      arena.header.pointee.valueCount = 0
    }
    return load
  }

  /// Gives whoever allocates in `body` the objects of the last round, in their order, in place of new ones: a scenario allocates the
  /// same ones each time, so the check in the viewer's process knows the handles that the tasks had in theirs.
  public func adopting<Result>(_ body: () -> Result) -> Result {
    adopted.isOn = true
    defer { adopted.isOn = false }
    (adopted.words, adopted.channels, adopted.mutexes, adopted.groups) = (0, 0, 0, 0)
    return body()
  }

  /// Waits until no other task lives. One task at a time.
  public func waitForAllOthers() {
    let me = me
    let time = arena.pass(me, .join)
    if arena.header.pointee.live > 1 {
      arena.header.pointee.lonely = me
      arena.park(me, .join, object: 0, at: time)
    }
    arena.unlock()
  }

  // MARK: time

  public func yield() {
    let me = me
    let time = arena.pass(me, .yield)
    arena.emit(.fiberYield, me, at: time, fiber: arena.slots[me].fiber)
    arena.unlock()
    sched_yield()
  }

  public func sleep(for duration: Duration) {
    let nanoseconds = duration.nanoseconds
    guard nanoseconds > 0 else { return yield() }
    let me = me
    let time = arena.pass(me, .sleep)
    let (fiber, deadline) = (arena.slots[me].fiber, time &+ nanoseconds)
    let (low, high) = (UInt32(truncatingIfNeeded: deadline), UInt32(truncatingIfNeeded: deadline >> 32))
    arena.emit(.timerArm, me, at: time, fiber: fiber, a: low, b: high, c: UInt32(Event.noProcessor))
    arena.slots[me].sequence &+= 1
    let sequence = arena.slots[me].sequence
    arena.emit(.fiberPark, me, at: time, fiber: fiber, detail: ParkReason.sleep.rawValue, b: sequence)
    arena.sleep(me, until: deadline)
    let end = arena.passLocked(me, .wake)
    let isByHand = arena.slots[me].isWokenByHand
    if !isByHand {
      arena.emit(
        .timerFire, me, at: end, fiber: fiber, a: low, b: high, c: UInt32(Event.noProcessor), d: sequence)
    }
    arena.emit(
      .fiberReady, me, at: end, fiber: fiber,
      detail: isByHand ? ReadyCause.byHand.rawValue : ReadyCause.timer.rawValue, b: sequence, d: UInt32(me))
    arena.slots[me].state = .active
    arena.unlock()
  }

  public func blocking<Result>(_ what: StaticString, _ body: () -> Result) -> Result {
    let me = me
    beginCall(me, "\(what)")
    let result = body()
    endCall(me)
    return result
  }

  func beginCall(_ me: Int, _ what: String) {
    let time = arena.pass(me, .block)
    arena.emit(.machineSyscallEnter, me, at: time, fiber: arena.slots[me].fiber, b: arena.string(what))
    arena.slots[me].state = .inCall
    arena.unlock()
  }

  func endCall(_ me: Int) {
    let time = arena.pass(me, .comeBack)
    arena.slots[me].state = .active
    arena.emit(
      .machineSyscallExit, me, at: time, fiber: arena.slots[me].fiber, detail: SyscallExit.fast.rawValue)
    arena.unlock()
  }

  public func compute(for duration: Duration) { spin(duration.nanoseconds) }
  public func hog(for duration: Duration) { spin(duration.nanoseconds) }

  /// A task's own time goes by like real time while it runs. The kernel shares out the CPU meanwhile, and what it gives to others
  /// counts too, as in every era. A run that has ended does not wait for it.
  private func spin(_ nanoseconds: UInt64) {
    let end = ck_monotonic_ns() &+ nanoseconds
    while ck_monotonic_ns() < end {
      checkpoint()
      for _ in 0..<64 { ck_pause() }
    }
  }

  /// The kernel needs no help to let others run.
  public func checkpoint() {
    guard arena.header.pointee.ended.load(ordering: .relaxed) != 0 else { return }
    arena.lock()
    arena.leave()
  }

  // MARK: counters and cells, which nobody waits for: no operation, no lock

  public func makeCounter() -> Counter { Counter(index: makeWord()) }
  @discardableResult
  public func add(_ amount: Int, to counter: Counter) -> Int {
    // Acquire and release: who sees the sum sees what was done before its parts were added.
    arena.words[number(counter)].wrappingAdd(amount, ordering: .acquiringAndReleasing).newValue
  }
  public func value(of counter: Counter) -> Int { arena.words[number(counter)].load(ordering: .acquiring) }
  public func makeCell(_ value: Int) -> Cell {
    let cell = Cell(index: makeWord())
    if !adopted.isOn { store(value, in: cell) }
    return cell
  }
  // Release and acquire: who loads a value sees what was written before it was stored.
  public func store(_ value: Int, in cell: Cell) { arena.words[number(cell)].store(value, ordering: .releasing) }
  public func load(_ cell: Cell) -> Int { arena.words[number(cell)].load(ordering: .acquiring) }

  private func makeWord() -> Int {
    if adopted.isOn { return count(&adopted.words) }
    return arena.withLock { take(&arena.header.pointee.wordCount, of: Arena.maximumWords) }
  }

  private func count(_ number: inout Int) -> Int {
    number += 1
    return number - 1
  }

  private func take(_ number: inout Int, of most: Int) -> Int {
    guard number < most else { fatalError("magpie: more than \(most) objects of a kind in one scenario") }
    return count(&number)
  }

  /// What a handle holds: handles are one word, and keep it to themselves.
  func number<Handle: BitwiseCopyable>(_ handle: Handle) -> Int { unsafeBitCast(handle, to: Int.self) }

  // MARK: channels

  public func makeChannel(capacity: Int) -> ChannelHandle {
    if adopted.isOn { return ChannelHandle(index: count(&adopted.channels)) }
    let me = me
    let time = arena.pass(me, .makeChannel)
    defer { arena.unlock() }
    let index = take(&arena.header.pointee.channelCount, of: Arena.maximumObjects)
    let first = arena.header.pointee.valueCount
    guard first + capacity <= Arena.maximumValues else {
      fatalError("magpie: the channels of one scenario buffer more than \(Arena.maximumValues) values")
    }
    arena.header.pointee.valueCount += capacity
    let id = arena.nextObject()
    arena.channels[index] = ChannelRecord(
      id: id, sequence: 0, isClosed: false, capacity: capacity, firstValue: first, head: 0, count: 0,
      senders: TaskLine(), receivers: TaskLine())
    arena.emit(.channelMake, me, at: time, fiber: arena.slots[me].fiber, a: id, c: UInt32(clamping: capacity))
    return ChannelHandle(index: index)
  }

  public func send(_ value: Int, on channel: ChannelHandle) {
    let me = me
    let time = arena.pass(me, .send)
    arena.send(value, on: number(channel), me, at: time)
    arena.unlock()
  }

  public func receive(from channel: ChannelHandle) -> Int? {
    let me = me
    let time = arena.pass(me, .receive)
    defer { arena.unlock() }
    return arena.receive(from: number(channel), me, at: time)
  }

  public func close(_ channel: ChannelHandle) {
    let me = me
    let time = arena.pass(me, .close)
    arena.close(number(channel), me, at: time)
    arena.unlock()
  }

  // MARK: locks

  public func makeMutex() -> MutexHandle {
    if adopted.isOn { return MutexHandle(index: count(&adopted.mutexes)) }
    return arena.withLock {
      let index = take(&arena.header.pointee.mutexCount, of: Arena.maximumObjects)
      arena.mutexes[index] = MutexRecord(id: arena.nextObject(), sequence: 0, holder: 0, line: TaskLine())
      return MutexHandle(index: index)
    }
  }

  public func lock(_ mutex: MutexHandle) {
    let me = me
    var hasIt = false
    while !hasIt {
      let time = arena.pass(me, .lock)
      hasIt = arena.tryToTake(number(mutex), me, at: time)
      arena.unlock()
    }
  }

  public func unlock(_ mutex: MutexHandle) {
    let me = me
    let time = arena.pass(me, .unlock)
    arena.giveBack(number(mutex), me, at: time)
    arena.unlock()
  }

  // MARK: wait groups

  public func makeWaitGroup() -> WaitGroupHandle {
    if adopted.isOn { return WaitGroupHandle(index: count(&adopted.groups)) }
    return arena.withLock {
      let index = take(&arena.header.pointee.groupCount, of: Arena.maximumObjects)
      arena.groups[index] = GroupRecord(id: arena.nextObject(), sequence: 0, count: 0, line: TaskLine())
      return WaitGroupHandle(index: index)
    }
  }

  public func add(_ amount: Int, to group: WaitGroupHandle) {
    let me = me
    let time = arena.pass(me, .count)
    arena.change(number(group), by: amount, me, at: time)
    arena.unlock()
  }
  public func done(_ group: WaitGroupHandle) { add(-1, to: group) }

  public func wait(for group: WaitGroupHandle) {
    let me = me
    let time = arena.pass(me, .wait)
    let index = number(group)
    if arena.groups[index].count > 0 {
      arena.append(me, to: &arena.groups[index].line)
      arena.park(me, .waitGroup, object: arena.groups[index].id, at: time)
    }
    arena.unlock()
  }
}
