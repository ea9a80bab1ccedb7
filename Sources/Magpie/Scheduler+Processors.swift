import MagpieTrace
import Synchronization

/// Making processors and retiring them, under the lock (Go's procresize).
extension Scheduler {
  /// Makes processors, retired at first but for those of the beginning.
  func makeProcessors(upTo count: Int) {
    let made = madeProcessorCount.load(ordering: .relaxed)
    guard count > made else { return }
    for id in made..<count {
      // The first ones lie on the idle list.
      (processors + id).initialize(to: Processor(id: id, made > 0 ? .retired : .idle))
    }
    // Release, here and below: who sees the number sees what it counts. Partners: `allProcessors`, and `Machine.stealWork`.
    madeProcessorCount.store(count, ordering: .releasing)
    // With each machine another order would be too many; see `stealFromThreads`.
    if isDistributed { return }
    let order = UnsafeMutablePointer<StealOrder>.allocate(capacity: 1)
    order.initialize(to: StealOrder(count: count))
    locked.pointee.stealOrders.append(order)
    stealOrder.store(UInt(bitPattern: order), ordering: .releasing)
  }
}

extension UnsafeMutablePointer where Pointee == Scheduler {
  /// The ids of all processors ever made.
  @inline(__always)
  var allProcessors: Range<Int> { 0..<pointee.madeProcessorCount.load(ordering: .acquiring) }

  /// The virtual time of the next timer of any processor; `UInt64.max` for none.
  var earliestTimer: UInt64 {
    // Sequentially consistent: whoever begins to wait for timers has said so before; see `insertTimer`.
    allProcessors.reduce(.max) {
      Swift.min($0, processor($1).pointee.nextTimer.load(ordering: .sequentiallyConsistent))
    }
  }

  /// Whether there are to be fewer processors, and this is one too many. Certain under the lock, else a hint.
  @inline(__always)
  func isRetiring(_ processor: ProcessorRef) -> Bool {
    Int(processor.pointee.id) >= pointee.retiresFrom.load(ordering: .relaxed)
  }

  /// Retires a processor that is held, or was just taken from the idle list. Its queue is empty; its timers stay, and are run by who
  /// looks for work, or by sysmon. - Returns: its version after.
  func retire(_ processor: ProcessorRef) -> UInt32 {
    pointee.processorCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    return processor.pointee.ownership.set(.retired)
  }

  /// Takes a processor from the idle list, if it is there, and retires it. - Returns: its version after, and the lists' sequence.
  func retireIdle(_ processor: ProcessorRef) -> (version: UInt32, sequence: UInt32)? {
    guard let place = locked.pointee.idleProcessors.firstIndex(of: processor) else { return nil }
    locked.pointee.idleProcessors.remove(at: place)
    pointee.spinners.endIdle()
    return (retire(processor), nextIdleSequence())
  }

  /// Puts a retired processor onto the idle list. - Returns: its version after, and the lists' sequence; nil if it is not retired.
  func begin(_ processor: ProcessorRef) -> (version: UInt32, sequence: UInt32)? {
    guard processor.pointee.ownership.seen.status == .retired else { return nil }
    pointee.processorCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
    let version = processor.pointee.ownership.set(.idle)
    locked.pointee.idleProcessors.append(processor)
    pointee.spinners.beginIdle()
    return (version, nextIdleSequence())
  }
}
