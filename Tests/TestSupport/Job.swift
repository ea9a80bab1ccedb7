import CKernel

/// A kernel thread that runs one closure.
package final class Job: Sendable {
  private let handle: UInt64

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  package init(_ body: @escaping @Sendable () -> Void) {
    var handle: UInt64 = 0
    let error = ck_thread_start(
      &handle, "test", { Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run() },
      Unmanaged.passRetained(Body(body)).toOpaque())
    precondition(error == 0)
    self.handle = handle
  }

  package func join() { ck_thread_join(handle) }
}
