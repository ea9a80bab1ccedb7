import CKernel
import Glibc
import MagpieTrace
import Synchronization

/// Making machines, and the end of all of them.
extension UnsafeMutablePointer where Pointee == Scheduler {
  /// A new machine, not yet running. Under the lock.
  func makeMachine() throws(Limit) -> Machine.SharedRef {
    let index = locked.pointee.machineCount
    let most = pointee.configuration.maximumMachines
    guard index < most else { throw Limit(.machines, value: most, wanted: .machine) }
    var ring: Ring?
    if let trace = pointee.configuration.trace {
      ring = Ring(capacity: trace.ringCapacity)
      guard ring != nil else { throw .memory(bytes: trace.ringCapacity * 32, for: .traceRing) }
    }
    locked.pointee.machineCount = index + 1
    let shared = Machine.SharedRef.allocate(capacity: 1)
    shared.initialize(to: Machine.Shared(id: UInt16(index), ring: ring))
    let machine = MachineRef.allocate(capacity: 1)
    machine.initialize(
      to: Machine(
        id: UInt16(index), scheduler: self, shared: shared, ring: ring ?? pointee.untracedRing))
    shared.pointee.owner = machine
    pointee.machines[index] = shared
    if pointee.isDistributed, index != Int(Scheduler.sysmonID) { pointee.makeProcessors(upTo: index + 1) }
    pointee.gate.add(machine)
    pointee.simulator?.add(UInt16(index))
    return shared
  }

  /// Ends the scheduler and its memory, with all machines that were made. No thread of theirs may run any more.
  func destroy() {
    for index in 0..<locked.pointee.machineCount {
      let shared = pointee.machines[index]!
      shared.pointee.owner!.deinitialize(count: 1)
      shared.pointee.owner!.deallocate()
      shared.deinitialize(count: 1)
      shared.deallocate()
    }
    pointee.fibers.release()
    pointee.stacks.release()
    deinitialize(count: 1)
    deallocate()
  }

  /// Starts the thread of a machine. Where the kernel has none just now it tries again, for a fifth of a second (Go's retryOnEAGAIN).
  func launch(_ shared: Machine.SharedRef, isSysmon: Bool = false) throws(Limit) {
    let body: @convention(c) (UnsafeMutableRawPointer?) -> Void =
      isSysmon
      ? { argument in
        var sysmon = Sysmon(argument!.assumingMemoryBound(to: Machine.self))
        sysmon.run()
      } : { argument in argument!.assumingMemoryBound(to: Machine.self).run() }
    try launch(shared, body, shared.pointee.owner!, name: isSysmon ? "magpie-sysmon" : "magpie-M\(shared.pointee.id)")
  }

  func launch(
    _ shared: Machine.SharedRef, _ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void,
    _ argument: UnsafeMutableRawPointer, name: String
  ) throws(Limit) {
    for attempt in 0..<Scheduler.threadAttempts {
      let isRefused = pointee.simulator?.refusesThread(attempt: attempt) ?? false
      let error = isRefused ? -EAGAIN : ck_thread_start(&shared.pointee.thread, name, body, argument)
      guard error != 0 else { return }
      guard error == -EAGAIN else { break }
      // Others may just be ending. Not in a simulation, where the new machine may have its turn already.
      if pointee.simulator == nil { usleep(UInt32(attempt + 1) * 1_000) }
    }
    // Nobody is to wait for it.
    shared.pointee.owner!.setActivity(.ended)
    throw .thread(for: .machine)
  }

  /// Ends the run where it is: it met a limit. Not under the lock.
  func fail(_ limit: Limit) {
    pointee.lock.lock()
    if locked.pointee.limit == nil { locked.pointee.limit = limit }
    pointee.lock.unlock()
    stop(.limit)
  }

  /// Ends the run: every machine leaves at its next look. Called once nothing lives, at a deadlock, or by the user.
  /// - Parameter end: how it ended; the first call decides.
  func stop(_ end: Scheduler.End = .over) {
    guard !pointee.isStopping.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // In a simulation that ended by itself the caller has the token, and the machines leave one after the other: so the last
    // events, too, are the same for the same seed.
    pointee.gate.end(inOrder: end == .over && MachineRef.current != nil)
    pointee.lock.lock()
    let count = locked.pointee.machineCount
    pointee.lock.unlock()
    for index in 0..<count { Machine.wake(pointee.machines[index]!, simulator: nil) }
    pointee.simulator?.unparkAll()
    pointee.ended.store(end.rawValue, ordering: .releasing)
    pointee.ended.wake(.max)
    pointee.gate.callReader()
  }

  /// Whether nothing can ever run again while fibers live (Go's checkdead). Under the lock, by a machine that has just gone to
  /// the idle list.
  /// - Returns: the number of fibers that wait, if it is a deadlock.
  func checkDeadlock() -> Int? {
    let machines = locked.pointee.machineCount - locked.pointee.systemMachineCount
    // A processor that is not idle is in sysmon's hands: it was retaken from the machine that has just come back to find none.
    guard locked.pointee.idleCount == pointee.processorCount.load(ordering: .relaxed) else { return nil }
    // Who waits in the poller is as idle as the others if nothing can come there; timers are looked at below.
    let inNetpoll = pointee.netpollMachine.load(ordering: .acquiring) != 0 ? 1 : 0
    let asleep = locked.pointee.idleMachineCount + locked.pointee.lockedMachineCount + inNetpoll
    guard asleep == machines else { return nil }
    return nothingCanCome()
  }

  /// Whether nothing can come that would wake a fiber, as no machine runs one. Under the lock.
  /// - Returns: as `checkDeadlock`.
  func nothingCanCome() -> Int? {
    guard pointee.netpollWaiters.load(ordering: .acquiring) == 0, !pointee.isStopping.load(ordering: .acquiring),
      pointee.liveCount.load(ordering: .acquiring) > 0, earliestTimer == .max
    else { return nil }
    // Somebody outside may yet wake them.
    guard locked.pointee.frozenFibers.isEmpty, locked.pointee.requests.isEmpty, pointee.gate.frozen.isEmpty else {
      return nil
    }
    if pointee.era == .serial { return noteSerialDeadlock() }
    var waiters: [DeadlockReport.Waiter] = []
    for index in 0..<locked.pointee.fiberCount {
      let fiber = pointee.fibers[index]
      guard fiber.pointee.place != .free else { continue }
      waiters.append(waiter(fiber))
    }
    locked.pointee.deadlock = waiters.sorted { $0.fiber < $1.fiber }
    return waiters.count
  }

  /// What a report of a deadlock says of a fiber.
  func waiter(_ fiber: FiberRef) -> DeadlockReport.Waiter {
    DeadlockReport.Waiter(
      fiber: fiber.pointee.id,
      name: fiber.pointee.name == 0 ? fiber.label.text : pointee.strings.string(fiber.pointee.name),
      wait: DeadlockReport.Wait(
        fiber.pointee.place == .parked ? fiber.pointee.parkReason : nil, object: fiber.pointee.parkObject))
  }
}
