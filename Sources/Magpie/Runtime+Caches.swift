import CKernel

/// The caches that each processor keeps, of free fibers and stacks, seen and emptied as a collector would: while the program stands still.
///
/// With Ps there are as many as fibers run at once. Where each thread has its own, one that blocks or sleeps keeps what it has, and who
/// visits them has to come by all: Go's `mcache` was an M's before it was a P's (D. Vyukov, Scalable Go Scheduler Design, 2012, "Per-M
/// memory cache").
extension Runtime {
  /// Visits all caches. From outside, or in a blocking call.
  /// - Returns: how many caches there are, those of retired processors and, where a queue is a thread's, of sleeping and blocked threads
  ///   included; and the bytes of memory that lie idle in them: pages of stacks that have been touched, and the records of free fibers.
  /// - Complexity: O(caches, and stacks in them); the program waits meanwhile.
  package func visitCaches() -> (count: Int, heldBytes: Int) {
    var count = 0, bytes = 0
    forEachCache { owned in
      count += 1
      bytes += owned.pointee.freeFibers.held * MemoryLayout<Fiber>.stride
      owned.pointee.freeStacks.forEach { bytes += ck_resident($0.bottom, $0.size) }
    }
    return (count, bytes)
  }

  /// Gives the memory of all idle stacks in the caches back to the kernel. The stacks stay where they are, and cost a page fault when they
  /// are next used.
  /// - Complexity: as `visitCaches`.
  package func reclaimCaches() {
    forEachCache { owned in owned.pointee.freeStacks.forEach { _ = ck_discard($0.bottom, $0.size) } }
  }

  /// What only a processor's holder may touch, of all of them: none is in the middle of an operation.
  private func forEachCache(_ body: (UnsafeMutablePointer<Processor.Owned>) -> Void) {
    let scheduler = scheduler
    scheduler.pointee.gate.quiesce {
      for index in scheduler.allProcessors where !scheduler.isNobodys(index) {
        body(scheduler.processor(index).pointee.owned)
      }
    }
  }
}
