import CKernel
import MagpieTrace

/// A thread that runs one closure. It takes none of the process's signals.
package final class BackgroundThread: Sendable {
  private let handle: UInt64

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// The kernel's ids of those that run.
  private static let alive = ThreadMutex<Set<Int32>>([])
  package static var ids: Set<Int32> { alive.withLock { $0 } }

  /// - Returns: nil when the kernel refuses another thread.
  package init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(body))
    var handle: UInt64 = 0
    let error = ck_thread_start(
      &handle, name,
      {
        let id = ck_thread_id()
        BackgroundThread.alive.withLock { _ = $0.insert(id) }
        Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run()
        BackgroundThread.alive.withLock { _ = $0.remove(id) }
      }, box.toOpaque())
    guard error == 0 else {
      box.release()
      return nil
    }
    self.handle = handle
  }

  package func join() { ck_thread_join(handle) }
}
