import CKernel
import MagpieTrace
import Synchronization

/// Blocking calls (Go's entersyscall, exitsyscall).
///
/// The processor stays behind with the machine, marked `blocked`; if the call takes long, sysmon takes it and gives it to
/// another machine. One exchange of the processor's status decides between the two. On the way back the machine tries its
/// own processor (fast), then any idle one, else its fiber joins the global queue and the machine goes to sleep (slow).
extension UnsafeMutablePointer where Pointee == Machine {
  /// Called on a fiber's stack, in an operation that has passed the gate.
  /// - Parameter what: the string id of the call's name.
  func beginBlocking(what: UInt32) {
    if pointee.era == .global { return beginBlockingWithoutPermit(what: what) }
    let processor = pointee.processor!
    let fiber = pointee.fiber!
    fiber.pointee.place = .blocked
    processor.pointee.syscallTick.store(processor.pointee.syscallTick.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    pointee.blockedProcessor = processor
    pointee.processor = nil
    let isDistributed = scheduler.pointee.isDistributed
    let version = processor.pointee.ownership.set(isDistributed ? .idle : .blocked)
    pointee.blockedStatus = Ownership.Seen(.blocked, version)
    emit(
      .machineSyscallEnter, on: processor.pointee.id, fiber: fiber.pointee.id, a: version, b: what)
    if isDistributed { passPermitOn(from: processor) }
    wakeSysmon()
    leaveForCall()
  }

  /// From here on until `endBlocking` the thread is the call's.
  func leaveForCall() {
    setActivity(.blocked)
    scheduler.pointee.simulator?.beginBlocking(self)
    // Nothing may be asked of the runtime meanwhile.
    ck_set_current(nil)
  }

  /// Called on the fiber's stack, on the same machine: nobody else can run it meanwhile.
  func endBlocking() {
    ck_set_current(self)
    scheduler.pointee.simulator?.endBlocking(self)
    enter()
    passGate(.comeBack)
    let left = pointee.blockedProcessor
    let fiber = pointee.fiber!
    pointee.blockedProcessor = nil
    if let processor = left, let version = processor.pointee.ownership.takeBlocked(pointee.blockedStatus) {
      hold(processor)
      fiber.pointee.place = .running
      emit(.machineSyscallExit, detail: SyscallExit.fast.rawValue, fiber: fiber.pointee.id, a: version)
      leave()
      return
    }
    emit(.machineSyscallExit, detail: SyscallExit.slow.rawValue, fiber: fiber.pointee.id)
    pointee.startSource = .syscall
    switchOut(.queueWithoutProcessor)
  }

  /// sysmon sleeps while all processors are idle; a blocking call is what it is for.
  func wakeSysmon() {
    // Sequentially consistent: the processor was taken from the idle list, by an operation of the same ordering, before this
    // load. Partner: `Sysmon.sleepDeeply`.
    guard scheduler.pointee.sysmonSleepsDeeply.load(ordering: .sequentiallyConsistent) else { return }
    scheduler.pointee.sysmonSleepsDeeply.store(false, ordering: .relaxed)
    if let sysmon = scheduler.pointee.machines[Int(Scheduler.sysmonID)] {
      Machine.wake(sysmon, simulator: scheduler.pointee.simulator)
    }
  }

  // MARK: A fiber that did not call

  /// Its processor was taken while it ran on (`Sysmon.detach`): it takes an idle one, or joins the global queue. On its stack.
  /// - Returns: the machine on which it goes on, in an operation that has passed the gate.
  @inline(never)
  func rejoin(_ operation: Operation) -> MachineRef {
    let fiber = pointee.fiber!
    let lost = pointee.detachment!
    pointee.detachment = nil
    emit(.machineRejoin, on: lost.processor, fiber: fiber.pointee.id, a: lost.version)
    pointee.startSource = .rejoin
    switchOut(.queueWithoutProcessor)
    return MachineRef.current!.enterRuntime(operation)
  }
}
