import MagpieTrace
import Synchronization

/// The monitor: a machine of its own, without a processor, that looks from time to time (Go's sysmon, retake).
///
/// It takes processors from machines that stay in blocking calls, asks fibers that run past their slice for a checkpoint, takes
/// the processors of those that pass none, and looks into the network poller if nobody has for 10 ms. It sleeps 20 µs while that
/// is useful, doubles after 50 rounds in which it took nothing, up to 10 ms, and sleeps without end while all processors are idle.
struct Sysmon {
  /// What it saw of a processor the last time.
  private struct Observation {
    var scheduleTick: UInt32 = 0
    var scheduleTime: UInt64 = 0
    var syscallTick: UInt32 = 0
    var syscallTime: UInt64 = 0
  }

  static let sliceNanoseconds: UInt64 = 10_000_000
  private static let shortest: UInt64 = 20
  private static let longest: UInt64 = 10_000

  private let machine: MachineRef
  private let scheduler: SchedulerRef
  private var observations: [Observation]
  private var delay = Sysmon.shortest
  private var idleRounds = 0
  private var watch: BlockWatch?

  init(_ machine: MachineRef) {
    self.machine = machine
    scheduler = machine.scheduler
    watch = BlockWatch(machine.scheduler)
    let isDistributed = scheduler.pointee.isDistributed
    observations = Array(
      repeating: Observation(), count: isDistributed ? Configuration.maxQueues + 1 : Configuration.maxProcessors)
  }

  /// The body of its thread.
  mutating func run() {
    machine.beginThread()
    machine.setClock(atLeast: 0)
    while !scheduler.pointee.isStopping.load(ordering: .acquiring) {
      setPace()
      _ = machine.sleepUntilWoken(deadline: machine.ownTime &+ delay &* 1_000)
      if scheduler.pointee.isStopping.load(ordering: .acquiring) { break }
      watch?.look(machine.ownTime)
      machine.obeyRequests()
      if scheduler.pointee.spinners.idleProcessorCount
        == scheduler.pointee.processorCount.load(ordering: .relaxed)
      {
        sleepDeeply()
        continue
      }
      pollNetwork()
      idleRounds = retake() > 0 ? 0 : idleRounds + 1
    }
    machine.endThread()
  }

  private mutating func setPace() {
    let before = delay
    if idleRounds == 0 {
      delay = Sysmon.shortest
    } else if idleRounds > 50 {
      delay = min(delay * 2, Sysmon.longest)
    }
    guard delay != before else { return }
    machine.passGate(.setPace)
    machine.emit(.sysmon, detail: (delay > before ? SysmonAct.paceSlower : .paceFast).rawValue, a: UInt32(delay))
  }

  /// All processors are idle: until the next timer, or a blocking call, there is nothing to see.
  private mutating func sleepDeeply() {
    let deadline = scheduler.earliestTimer
    machine.passGate(.sleepDeeply)
    scheduler.pointee.sysmonSleepsDeeply.store(true, ordering: .sequentiallyConsistent)
    // Once more: either a machine that took a processor meanwhile sees the word when it blocks, or this sees the processor.
    // Under the lock, as a machine that thinks of giving its processor up counts it for a moment.
    scheduler.pointee.lock.lock()
    let areAllIdle =
      scheduler.locked.pointee.idleCount == scheduler.pointee.processorCount.load(ordering: .relaxed)
    scheduler.pointee.lock.unlock()
    guard areAllIdle else {
      scheduler.pointee.sysmonSleepsDeeply.store(false, ordering: .sequentiallyConsistent)
      return
    }
    machine.emit(.sysmon, detail: SysmonAct.deepSleep.rawValue)
    // The watch does not sleep: a fiber that lost its processor may be what all others wait for.
    while !machine.sleepUntilWoken(deadline: min(deadline, watch?.next ?? .max)), machine.ownTime < deadline,
      !scheduler.pointee.isStopping.load(ordering: .acquiring)
    {
      watch?.look(machine.ownTime)
    }
    scheduler.pointee.sysmonSleepsDeeply.store(false, ordering: .sequentiallyConsistent)
    delay = Sysmon.longest
    idleRounds = 0
  }

  /// All machines are busy, and none looked into the poller for long: what is ready there goes to the global queue.
  private func pollNetwork() {
    // Relaxed: hints, as in `lookIntoNetpoll`.
    guard scheduler.pointee.netpollWaiters.load(ordering: .relaxed) > 0,
      scheduler.pointee.netpollMachine.load(ordering: .relaxed) == 0
    else { return }
    let last = scheduler.pointee.lastNetpoll.load(ordering: .relaxed)
    guard machine.ownTime > last &+ Sysmon.sliceNanoseconds else { return }
    machine.passGate(.lookIntoPoller)
    let fibers = machine.pollNow()
    guard !fibers.isEmpty else { return }
    machine.emit(.sysmon, detail: SysmonAct.injected.rawValue, a: UInt32(delay))
    machine.inject(fibers)
  }

  /// - Returns: how many processors it took.
  private mutating func retake() -> Int {
    var taken = 0
    for index in scheduler.allProcessors {
      let processor = scheduler.processor(index)
      let seen = processor.pointee.ownership.seen
      switch seen.status {
      case .held: if askToPreempt(processor, index) { taken += 1 }
      case .blocked: if takeFromCall(processor, index, seen) { taken += 1 }
      // Nobody's own: who has work of his own does not look at them.
      case .retired: machine.runTimers(of: processor)
      // A thread's own stay with it while it blocks, however busy all others are; with a P that means that one is free to run them.
      case .idle: if scheduler.pointee.isDistributed { machine.runTimers(of: processor) }
      }
    }
    return taken
  }

  /// The same slice for 10 ms: the fiber should let others run. If it was asked before, its processor goes on without it.
  /// - Returns: whether the processor was taken.
  private mutating func askToPreempt(_ processor: ProcessorRef, _ index: Int) -> Bool {
    let tick = processor.pointee.scheduleTick.load(ordering: .relaxed)
    let fiber = processor.pointee.running.load(ordering: .relaxed)
    let now = machine.ownTime
    guard observations[index].scheduleTick == tick, fiber != 0 else {
      observations[index].scheduleTick = tick
      observations[index].scheduleTime = now
      return false
    }
    let length = now &- observations[index].scheduleTime
    guard length >= Sysmon.sliceNanoseconds, length < UInt64.max / 2 else { return false }
    guard !processor.pointee.preempt.load(ordering: .relaxed) else { return detach(processor, tick, length) }
    machine.passGate(.hog)
    // Relaxed: a wish; the fiber looks at its next checkpoint.
    processor.pointee.preempt.store(true, ordering: .relaxed)
    machine.emit(
      .machineHog, on: processor.pointee.id, fiber: fiber, a: processor.pointee.machine.load(ordering: .relaxed),
      b: UInt32(clamping: length / 1_000))
    return false
  }

  /// A fiber that was asked for a checkpoint and passed none is left to itself, as Go leaves a system call: its machine loses the
  /// processor if others could use it. Go stops such a goroutine by a signal, which no Swift code can be asked to survive.
  private func detach(_ processor: ProcessorRef, _ tick: UInt32, _ length: UInt64) -> Bool {
    // A slice more: where the kernel has more threads than CPUs, the machine may just not have had its turn.
    guard length >= 2 * Sysmon.sliceNanoseconds else { return false }
    // Where there is one queue for all nobody looks: such a fiber keeps its permit.
    guard !machine.pointee.hasOneQueue, isWanted(processor) else { return false }
    machine.passGate(.detach)
    let id = Int(processor.pointee.machine.load(ordering: .relaxed))
    guard id != Int(Event.noMachine), let shared = scheduler.pointee.machines[id] else { return false }
    var fiberID = Event.noFiber
    var version: UInt32 = 0
    var recorded: UInt64 = 0
    let isTaken = scheduler.pointee.gate.detach(id) {
      // It stands outside: what it owns stands still.
      let owner = shared.pointee.owner!
      guard owner.pointee.processor == processor, processor.pointee.scheduleTick.load(ordering: .relaxed) == tick,
        let fiber = owner.pointee.fiber, fiber.pointee.place == .running
      else { return nil }
      fiber.pointee.place = .detached
      fiberID = fiber.pointee.id
      // Now: what it records once it may enter again comes after this step.
      recorded = shared.pointee.ring?.published ?? 0
      version = processor.pointee.ownership.set(scheduler.pointee.isDistributed ? .idle : .held)
      processor.pointee.running.store(0, ordering: .relaxed)
      processor.pointee.preempt.store(false, ordering: .relaxed)
      return Machine.Detachment(processor: processor.pointee.id, version: version)
    }
    guard isTaken else { return false }
    machine.emit(
      .processorDetach, on: processor.pointee.id, fiber: fiberID, a: version, b: UInt32(id),
      c: UInt32(clamping: length / 1_000), d: UInt32(truncatingIfNeeded: recorded))
    if scheduler.pointee.isDistributed {
      machine.passPermitOn(from: processor)
    } else {
      machine.handOff(processor)
    }
    return true
  }

  /// Whether a processor that runs nothing is to be taken: fibers wait there, nobody else is free to take new work, or it retires.
  private func isWanted(_ processor: ProcessorRef) -> Bool {
    !processor.pointee.queue.isEmpty || scheduler.isRetiring(processor)
      || scheduler.pointee.spinners.count
        + scheduler.pointee.spinners.idleProcessorCount == 0
  }

  private mutating func takeFromCall(_ processor: ProcessorRef, _ index: Int, _ seen: Ownership<RealMemory>.Seen)
    -> Bool
  {
    let tick = processor.pointee.syscallTick.load(ordering: .relaxed)
    let now = machine.ownTime
    guard observations[index].syscallTick == tick else {
      observations[index].syscallTick = tick
      observations[index].syscallTime = now
      return false
    }
    let length = now &- observations[index].syscallTime
    // Else leave it for a while.
    guard length >= Sysmon.sliceNanoseconds || isWanted(processor) else { return false }
    machine.passGate(.retake)
    let from = processor.pointee.machine.load(ordering: .relaxed)
    guard let version = processor.pointee.ownership.takeBlocked(seen) else { return false }
    // Its fiber is in the call: whoever gets the processor runs none until it says so.
    processor.pointee.running.store(0, ordering: .relaxed)
    machine.emit(
      .processorRetake, on: processor.pointee.id, a: version, b: from, c: UInt32(clamping: length / 1_000))
    machine.handOff(processor)
    return true
  }
}
