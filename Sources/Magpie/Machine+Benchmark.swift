import CKernel
import MagpieTrace

/// What `magpie bench trace` needs: the runtime's own `passGate` and `emit`, in a loop.
///
/// It stands here because both are internal, and must be inlined into the loop as they are into each operation: a call
/// into another module for each event would measure the call.
package enum TraceProbe {
  /// Passes the gate and records one event, `count` times, on the machine of the calling fiber.
  @inline(never)
  package static func emit(_ count: Int) {
    let machine = beginOperation("emit", .note)
    let fiber = machine.pointee.fiber!.pointee.id
    for number in 0..<count {
      machine.passGate(.note)
      machine.emit(.userAnnotation, fiber: fiber, a: UInt32(truncatingIfNeeded: number))
    }
    machine.leave()
  }
}

/// What `magpie bench scale` and the lab need: the runtime's own search of other queues, in a loop.
///
/// A victim must be there, hold still and be found full again each time. So the machine of the calling fiber takes one of the idle
/// processors into its hands, fills its queue as its holder, and steals from it. Under the distributed era that is the queue of a machine
/// which sleeps, taken off the idle list so that nobody wakes it, or of a new one.
package enum StealProbe {
  private struct Victim {
    var processor: ProcessorRef
    /// The machine whose own it is.
    var sleeper: Machine.SharedRef?
  }

  /// Times searches that find nothing, and as many that find one fiber, which is put back into the victim's queue each time.
  /// - Precondition: it is called on a fiber, of a runtime that is not traced.
  /// - Parameter count: how many of each kind; not negative.
  /// - Returns: CPU nanoseconds of the calling thread for all searches of each kind, those that succeed with the putting back; and the
  ///   fibers that the latter found, less those that the former did: `count` if nobody came between. Nil when no processor is idle
  ///   just now, or under the distributed era no further machine can be made.
  /// - Complexity: O(`count` · queues).
  @inline(never)
  package static func search(_ count: Int) -> (failed: UInt64, succeeded: UInt64, found: Int)? {
    let machine = beginOperation("steal", .steal)
    precondition(!machine.pointee.isTracing, "the probe's steps are no operations that a model knows")
    guard let idle = takeIdle(machine) else {
      machine.leave()
      return nil
    }
    let victim = idle.processor
    let own = machine.pointee.processor
    // A real one: whoever else came by could run it.
    let loot = machine.makeFiber(name: 0, site: SpawnSite(), stackSize: nil) {}
    let begin = ck_thread_cpu_ns()
    var found = 0
    for _ in 0..<count where machine.stealWork().fiber != nil { found -= 1 }
    let middle = ck_thread_cpu_ns()
    for _ in 0..<count {
      machine.pointee.processor = victim
      machine.putTail(loot)
      machine.pointee.processor = own
      if machine.stealWork().fiber == loot { found += 1 }
    }
    let end = ck_thread_cpu_ns()
    giveBack(idle, machine)
    machine.putNext(loot)
    machine.leave()
    return (middle - begin, end - middle, found)
  }

  private static func takeIdle(_ machine: MachineRef) -> Victim? {
    let scheduler = machine.scheduler
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    guard scheduler.pointee.isDistributed else {
      guard let (processor, _) = scheduler.takeIdle() else { return nil }
      _ = scheduler.nextIdleSequence()
      return Victim(processor: processor)
    }
    if let sleeper = scheduler.locked.pointee.idleMachine {
      scheduler.locked.pointee.idleMachine = sleeper.pointee.nextIdle
      scheduler.locked.pointee.idleMachineCount -= 1
      return Victim(processor: scheduler.processor(Int(sleeper.pointee.id)), sleeper: sleeper)
    }
    // Its thread sleeps until somebody gives it a permit.
    guard let new = try? scheduler.makeMachine(), (try? scheduler.launch(new)) != nil else { return nil }
    return Victim(processor: scheduler.processor(Int(new.pointee.id)), sleeper: new)
  }

  private static func giveBack(_ victim: Victim, _ machine: MachineRef) {
    guard let sleeper = victim.sleeper else { return machine.handOff(victim.processor) }
    let scheduler = machine.scheduler
    scheduler.pointee.lock.lock()
    sleeper.pointee.nextIdle = scheduler.locked.pointee.idleMachine
    scheduler.locked.pointee.idleMachine = sleeper
    scheduler.locked.pointee.idleMachineCount += 1
    scheduler.pointee.lock.unlock()
  }

  /// Processors that nobody holds; where permits are counted, permits that nobody has. True of the moment only.
  package static func idleProcessors(of runtime: Runtime) -> Int {
    runtime.scheduler.pointee.spinners.idleProcessorCount
  }
}
