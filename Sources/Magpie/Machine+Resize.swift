import MagpieTrace
import Synchronization

/// Changing the number of processors while all run (Go's GOMAXPROCS and procresize).
///
/// Go stops the world for it. Here the wish is enough: one word says how many there should be, and each processor of a higher
/// number *retires* by itself. One that is idle is taken from the list at once; one that is held gives its fibers to the global
/// queue when its machine next looks for work; from a blocking call, or a fiber that does not call, sysmon takes it as ever.
/// So a fiber is never moved by anybody but the holder of its queue, nobody waits, and each step is one event.
///
/// ### The argument
/// 1. A processor goes to the idle list, retires, or comes back, under the scheduler's lock, and the wish is read there: so it is
///    never idle if it should not be there, and whoever changes the wish finds it in one of three states: idle, retired, or in
///    the hands of a machine that will look at the wish before it looks for work.
/// 2. No work is forgotten: what a retiring processor had is in the global queue before it retires, and somebody was woken for it.
///    If its machine was spinning, it looks once more, as any that gives up. It counts itself as idle for a moment only,
///    and need not look whether it should spin: those that stay do.
/// 3. Processors are never freed, so a thief that still goes by an old order finds an empty queue.
///
/// Rejected: stopping the world, which has to wait for fibers that do not call, or to detach them all; and moving timers, which
/// would make who disarms one look for it in two heaps.
extension UnsafeMutablePointer where Pointee == Machine {
  /// Sets how many processors there should be. Called in an operation that has passed the gate.
  /// - Returns: how many there should have been before.
  func resize(to count: Int) -> Int {
    let scheduler = scheduler
    if pointee.era.isOneThread { return 1 }
    if scheduler.pointee.isDistributed { return resizePermits(to: count) }
    scheduler.pointee.lock.lock()
    let old = scheduler.pointee.wantedProcessorCount.load(ordering: .relaxed)
    scheduler.pointee.makeProcessors(upTo: count)
    // Relaxed: it is read under the lock where it counts.
    scheduler.pointee.wantedProcessorCount.store(count, ordering: .relaxed)
    scheduler.pointee.retiresFrom.store(count, ordering: .relaxed)
    let sequence = scheduler.nextIdleSequence()
    scheduler.pointee.lock.unlock()
    emit(.processorCountChanged, a: UInt32(count), b: sequence, c: UInt32(old))
    for id in Swift.min(old, count)..<Swift.max(old, count) {
      passGate(.retireOrBegin)
      let processor = scheduler.processor(id)
      if count < old { askToRetire(processor) } else { begin(processor) }
    }
    if count > old { wakeOne() }
    return old
  }

  private func begin(_ processor: ProcessorRef) {
    let scheduler = scheduler
    scheduler.pointee.lock.lock()
    // Somebody may have changed his mind meanwhile.
    let begun = scheduler.isRetiring(processor) ? nil : scheduler.begin(processor)
    scheduler.pointee.lock.unlock()
    if let (version, sequence) = begun {
      emit(.processorBegin, on: processor.pointee.id, a: version, b: sequence)
      // Nobody who is started there looks for others, as one that spins does.
      if pointee.hasOneQueue { startIfUseful() }
    }
  }

  private func askToRetire(_ processor: ProcessorRef) {
    let scheduler = scheduler
    scheduler.pointee.lock.lock()
    let retired = scheduler.isRetiring(processor) ? scheduler.retireIdle(processor) : nil
    scheduler.pointee.lock.unlock()
    if let (version, sequence) = retired {
      emit(.processorRelease, detail: 1, on: processor.pointee.id, a: version, b: sequence)
    } else {
      // Relaxed: a wish, as sysmon's.
      processor.pointee.preempt.store(true, ordering: .relaxed)
    }
  }

  /// Gives all that the own processor has to the global queue: it is about to retire.
  func drain() {
    passGate(.drain)
    while let (fiber, _) = takeLocal() {
      pushGlobal(fiber)
      passGate(.drain)
    }
    // Also for what it has put there before, when it counted on finding it itself.
    if scheduler.pointee.globalCount.load(ordering: .sequentiallyConsistent) > 0 { wakeOne() }
  }
}
