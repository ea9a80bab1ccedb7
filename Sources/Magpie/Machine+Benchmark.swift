import CKernel
import Glibc
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
  ///
  /// It waits until all others rest, and begins anew when one of them comes between, a thousand times at most.
  /// - Precondition: it is called on a fiber of `runtime`, which is not traced.
  /// - Parameter count: how many of each kind; not negative.
  /// - Returns: CPU nanoseconds of the calling thread for all searches of each kind, those that succeed with the putting back. Nil when
  ///   the others do not rest, or under the distributed era no further machine can be made.
  /// - Complexity: O(`count` · queues) each time that it begins.
  package static func search(_ count: Int, on runtime: Runtime) -> (failed: UInt64, succeeded: UInt64)? {
    for _ in 0..<1_000 {
      awaitCalm(of: runtime)
      if let times = searchOnce(count) { return times }
    }
    return nil
  }

  /// Waits until the calling fiber's is the only processor in use, or under permits its permit. It keeps its thread meanwhile: a fiber that
  /// wakes wakes a machine, which then looks for work just when it looks.
  package static func awaitCalm(of runtime: Runtime) {
    repeat {
      yield()
      usleep(1_000)
    } while runtime.scheduler.pointee.spinners.idleProcessorCount < runtime.processorCount - 1
  }

  /// - Returns: as `search`; nil also when fibers lie in queues, or a thief took the probe's.
  @inline(never)
  static func searchOnce(_ count: Int) -> (failed: UInt64, succeeded: UInt64)? {
    let machine = beginOperation("steal", .steal)
    defer { machine.leave() }
    precondition(!machine.pointee.isTracing, "the probe's steps are no operations that a model knows")
    // Who steals has nothing of its own.
    guard machine.pointee.processor!.pointee.queue.isEmpty, let idle = takeIdle(machine) else { return nil }
    defer { giveBack(idle, machine) }
    let victim = idle.processor
    let own = machine.pointee.processor
    let begin = ck_thread_cpu_ns()
    for _ in 0..<count {
      guard let stranger = machine.stealWork().fiber else { continue }
      machine.putTail(stranger)
      return nil
    }
    let middle = ck_thread_cpu_ns()
    // A real one: whoever else comes by can run it. Then it is no longer ours to put anywhere.
    let loot = machine.makeFiber(name: 0, site: SpawnSite(), stackSize: nil) {}
    for _ in 0..<count {
      machine.pointee.processor = victim
      machine.putTail(loot)
      machine.pointee.processor = own
      let found = machine.stealWork().fiber
      guard found != loot else { continue }
      if let found { machine.putTail(found) }
      // What is left with the victim comes along: nobody would wake it for that.
      machine.pointee.processor = victim
      let left = machine.takeLocal()?.fiber
      machine.pointee.processor = own
      if let left { machine.putTail(left) }
      return nil
    }
    let end = ck_thread_cpu_ns()
    machine.putNext(loot)
    return (middle - begin, end - middle)
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
}
