import CKernel
import MagpieTrace
import Synchronization

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

/// What `magpie bench scale` needs: the runtime's own search of other processors, in a loop.
///
/// A victim must be there, hold still and be found full again each time. So the machine of the calling fiber takes one of the idle
/// processors into its hands, fills its queue as its holder, and steals from it.
package enum StealProbe {
  /// Times `count` searches that find nothing, and as many that find one fiber, which is put back into the victim's queue each
  /// time. Untraced only.
  /// - Returns: nanoseconds of each kind and the fibers that were found; nil when no processor is idle just now.
  @inline(never)
  package static func search(_ count: Int) -> (failed: UInt64, succeeded: UInt64, found: Int)? {
    let machine = beginOperation("steal", .steal)
    precondition(!machine.pointee.isTracing, "the probe's steps are no operations that a model knows")
    guard let victim = takeIdle(machine) else {
      machine.leave()
      return nil
    }
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
    machine.handOff(victim)
    machine.putNext(loot)
    machine.leave()
    return (middle - begin, end - middle, found)
  }

  private static func takeIdle(_ machine: MachineRef) -> ProcessorRef? {
    let scheduler = machine.scheduler
    scheduler.pointee.lock.lock()
    defer { scheduler.pointee.lock.unlock() }
    guard let (processor, _) = scheduler.takeIdle() else { return nil }
    _ = scheduler.nextIdleSequence()
    return processor
  }

  /// Processors that nobody holds.
  package static func idleProcessors(of runtime: Runtime) -> Int {
    runtime.scheduler.pointee.spinners.idleProcessorCount
  }
}
