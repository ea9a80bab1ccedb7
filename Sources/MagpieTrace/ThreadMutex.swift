import Glibc

/// A lock round a value, for code that is never on a hot path: it blocks the thread.
///
/// The standard library's would do, but ThreadSanitizer cannot see into that library, and then holds everything under such a
/// lock for a race; it knows this one. And on a fiber it may trap: its way in is inlined and asks which thread this is, of which a
/// function that has switched keeps an earlier answer. (Fibers that are to wait for each other have a `Mutex` of their own.)
package struct ThreadMutex<Value>: ~Copyable, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let value: UnsafeMutablePointer<Value>

  package init(_ initial: Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    value = .allocate(capacity: 1)
    value.initialize(to: initial)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  package borrowing func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }
}
