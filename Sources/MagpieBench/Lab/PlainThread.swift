import Glibc
import MagpieTrace

/// A kernel thread as any program starts one, with the stack that it gets when nothing is said.
final class PlainThread {
  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  private var handle = pthread_t()

  init(_ body: @escaping @Sendable () -> Void) throws(LabObstacle) {
    let box = Unmanaged.passRetained(Body(body))
    let error = pthread_create(
      &handle, nil,
      {
        Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard error == 0 else {
      box.release()
      throw .refused(made: 0, of: 1, why: .noTask(SystemError(number: error)))
    }
  }

  func join() { pthread_join(handle, nil) }
}
