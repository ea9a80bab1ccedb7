/// What `magpie lab coherence` needs: the runtime's own run queues, each used in a loop by threads outside of any runtime.
///
/// What stands in the queues is no fiber: nobody looks at it.
package enum QueueProbe {
  /// The global queue under its lock, for any number of threads at a time.
  package final class Global: @unchecked Sendable {
    private let lock = RuntimeLock()
    private let queue = UnsafeMutablePointer<GlobalQueue>.allocate(capacity: 1)
    private let fiber = FiberRef(bitPattern: 64)!

    package init() { queue.initialize(to: GlobalQueue()) }

    deinit {
      queue.deinitialize(count: 1)
      queue.deallocate()
    }

    /// Puts one there and takes one, each under the lock.
    package func exchange() {
      lock.lock()
      queue.pointee.push(fiber)
      lock.unlock()
      lock.lock()
      _ = queue.pointee.pop()
      lock.unlock()
    }
  }

  /// A processor's own queue. `exchange` is for one thread at a time.
  package final class Local: @unchecked Sendable {
    private let queue = LocalQueue<RealMemory>()

    package init() {}

    /// Puts one into the ring and takes one.
    package func exchange() {
      if case .slot(let slot) = queue.fill(64) { queue.publish(to: slot &+ 1) }
      _ = queue.take()
    }
  }
}
