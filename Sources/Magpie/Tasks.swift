import CKernel
import MagpieTrace
import Synchronization

// What a fiber may ask of its runtime. Each function traps with a clear word when it is called outside one.

/// The machine of the calling fiber.
@inline(__always)
func currentMachine(_ what: StaticString) -> MachineRef {
  guard let machine = MachineRef.current else { misplaced(what) }
  return machine
}

@inline(never)
private func misplaced(_ what: StaticString) -> Never {
  misuse(
    MachineRef.ofThread == nil
      ? "\(what) was called outside a magpie runtime"
      : "\(what) was called inside blocking { }, where a fiber has no processor: call it before or after")
}

/// Enters the runtime from the code of a fiber and begins an operation.
/// - Parameter what: the call's name, for who calls it in the wrong place.
/// - Returns: the machine of the calling fiber.
@inline(__always)
func beginOperation(_ what: StaticString, _ operation: Operation) -> MachineRef {
  currentMachine(what).enterRuntime(operation)
}

/// Ends the process over a programming error, in words.
func misuse(_ message: String) -> Never { fatalError("magpie: \(message)") }

/// Starts a fiber. It is put into the processor's runnext: it runs next, unless this fiber starts another.
/// - Parameters:
///   - name: what a watcher calls it; equal names are kept once, for ever.
///   - stackSize: bytes of address space; more for deep recursion.
///   - file: where it is spawned, said when the fiber kills the process.
///   - line: the same.
///   - body: what it does.
@inlinable @inline(__always)
public func spawn(
  name: String = "", stackSize: Int? = nil, file: StaticString = #fileID, line: UInt32 = #line,
  _ body: consuming @escaping @Sendable () -> Void
) {
  spawn(name: name, stackSize: stackSize, at: SpawnSite(file, line), body)
}

/// Inlining the above turns the file's name into an address: two registers say where.
@usableFromInline
func spawn(name: String, stackSize: Int?, at site: SpawnSite, _ body: consuming @escaping @Sendable () -> Void) {
  let machine = beginOperation("spawn", .spawn)
  let id = machine.scheduler.pointee.isTraceable && !name.isEmpty ? machine.scheduler.pointee.strings.id(of: name) : 0
  if machine.pointee.hasOneQueue {
    machine.makeInOneQueue(name: id, label: name, site: site, stackSize: stackSize, entry: body)
    return machine.leave()
  }
  let fiber = machine.makeFiber(name: id, site: site, stackSize: stackSize, entry: body)
  if !name.isEmpty { fiber.setLabel(name) }
  machine.emit(
    .fiberCreate, fiber: fiber.pointee.id, a: fiber.pointee.parent, b: id, c: UInt32(clamping: fiber.pointee.stackSize))
  machine.putNext(fiber)
  machine.wakeOne()
  machine.leave()
}

/// Lets others run: the fiber goes to the tail of its processor's queue (Go's goyield).
public func yield() {
  let machine = beginOperation("yield", .yield)
  if machine.pointee.hasOneQueue { return machine.yieldToAll() }
  machine.switchOut(.yield)
}

/// Lets others run if the slice of 10 ms is over. Costs a few nanoseconds; call it in long loops.
@inline(__always)
public func checkpoint() {
  let machine = currentMachine("checkpoint")
  // Relaxed: wishes of sysmon's, seen a little earlier or later.
  guard
    machine.pointee.processor!.pointee.preempt.load(ordering: .relaxed)
      || machine.shared.pointee.entrance.isDetached.load(.relaxed) != 0
  else { return }
  preempt(machine)
}

@inline(never)
private func preempt(_ first: MachineRef) {
  let machine = first.enterRuntime(.preempt)
  // It may be on another processor by now, with a slice of its own.
  guard let processor = machine.pointee.processor, processor.pointee.preempt.load(ordering: .relaxed) else {
    return machine.leave()
  }
  processor.pointee.preempt.store(false, ordering: .relaxed)
  machine.switchOut(.preempt)
}

/// Waits for a length of virtual time. Others run meanwhile.
public func sleep(for duration: Duration) {
  let nanoseconds = duration.nanoseconds
  guard nanoseconds > 0 else { return yield() }
  let machine = beginOperation("sleep", .sleep)
  machine.sleep(until: machine.ownTime &+ nanoseconds)
}

extension UnsafeMutablePointer where Pointee == Machine {
  /// Parks the running fiber until a virtual time, in the operation that has passed the gate.
  func sleep(until deadline: UInt64) {
    let fiber = pointee.fiber!
    fiber.pointee.deadline = deadline
    park(fiber, .sleep, object: 0, request: .sleep)
  }
}

/// Waits until no other fiber of the runtime lives. Only one fiber may do so at a time.
public func waitForAllOthers() {
  let machine = beginOperation("waitForAllOthers", .join)
  let (scheduler, fiber) = (machine.scheduler, machine.pointee.fiber!)
  scheduler.pointee.lock.lock()
  // Sequentially consistent, and before the count is read; who lowers the count reads this after it, see `recycle`.
  scheduler.pointee.hasLonelyFiber.store(true, ordering: .sequentiallyConsistent)
  guard scheduler.pointee.liveCount.load(ordering: .sequentiallyConsistent) > 1 else {
    scheduler.pointee.hasLonelyFiber.store(false, ordering: .relaxed)
    scheduler.pointee.lock.unlock()
    machine.leave()
    return
  }
  guard scheduler.locked.pointee.lonelyFiber == nil else { misuse("two fibers wait for all others") }
  scheduler.locked.pointee.lonelyFiber = fiber
  machine.park(fiber, .join, object: 0, request: .parkUnderSchedulerLock)
}

/// Makes a call that may block the kernel thread. The processor stays behind, and is given to another machine if the call takes long.
/// - Parameters:
///   - what: the call's name for a watcher.
///   - body: makes the call, and calls nothing of the runtime.
public func blocking<Result>(_ what: StaticString = "call", _ body: () -> Result) -> Result {
  let machine = beginOperation("blocking", .block)
  machine.beginBlocking(what: machine.pointee.isTracing ? machine.scheduler.pointee.strings.id(of: "\(what)") : 0)
  let result = body()
  // The fiber kept its machine: nobody can run it while it blocks.
  machine.endBlocking()
  return result
}

/// Runs `body` on one kernel thread, which runs no other fiber meanwhile (Go's LockOSThread): for libraries that keep state in the
/// thread. May be nested. Each switch of such a fiber wakes a thread: some 10 µs.
public func lockToMachine<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
  let machine = beginOperation("lockToMachine", .lockToMachine)
  machine.lock(to: machine.pointee.fiber!)
  machine.leave()
  defer {
    let machine = beginOperation("lockToMachine", .lockToMachine)
    machine.unlock(from: machine.pointee.fiber!)
    machine.leave()
  }
  return try body()
}

/// Sets how many fibers run at once, from now on (Go's GOMAXPROCS). Processors that are too many retire as soon as their machines
/// look for work; one in a blocking call, or with a fiber that makes no call, after 20 µs to 20 ms.
/// - Parameter count: 1...256.
/// - Returns: how many there were to be before.
@discardableResult
public func setProcessorCount(_ count: Int) -> Int {
  guard (1...Configuration.maxProcessors).contains(count) else {
    misuse("setProcessorCount(\(count)): 1 to \(Configuration.maxProcessors) processors")
  }
  let machine = beginOperation("setProcessorCount", .resize)
  let old = machine.resize(to: count)
  if machine.scheduler.isRetiring(machine.pointee.processor!) {
    // Goes on where it may stay.
    machine.switchOut(.preempt)
  } else {
    machine.leave()
  }
  return old
}

/// Uses the CPU for a length of virtual time, with a checkpoint every 200 µs.
public func compute(for duration: Duration) {
  var left = duration.nanoseconds
  while left > 0 {
    let slice = min(left, 200_000)
    spin(slice)
    left -= slice
    checkpoint()
  }
}

/// Uses the CPU for a length of virtual time without ever calling the runtime.
public func hog(for duration: Duration) { spin(duration.nanoseconds) }

/// In a simulation declared work is a scheduling point, and the clock moves on by its length.
private func spin(_ nanoseconds: UInt64) {
  let machine = currentMachine("compute")
  if let simulator = machine.scheduler.pointee.simulator { return simulator.compute(machine, nanoseconds) }
  let end = machine.ownTime &+ nanoseconds
  while machine.ownTime < end { ck_pause() }
}
