import CKernel

/// A thread that runs one closure. It takes none of the process's signals.
package final class BackgroundThread: Sendable {
  private let handle: UInt64

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// - Returns: nil when the kernel refuses another thread.
  package init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Body(body))
    var handle: UInt64 = 0
    let error = ck_thread_start(
      &handle, name, { Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run() }, box.toOpaque())
    guard error == 0 else {
      box.release()
      return nil
    }
    self.handle = handle
  }

  package func join() { ck_thread_join(handle) }
}
