import Synchronization

/// Something that is done once, by whoever comes first (Go's sync.Once).
///
/// When `perform` returns it has been done, whoever did it: those who come meanwhile wait. Rejected: an exchange alone, after
/// which the second to come would go on before the first is done.
public final class Once: Sendable {
  private let isDone = Atomic<Bool>(false)
  private let mutex = Mutex()

  public init() {}

  /// Runs `body` if nothing was run yet; else waits until that is over. Of different bodies only the first is run.
  ///
  /// Inside its own body it waits for itself, for ever.
  public func perform(_ body: () -> Void) {
    // Acquire: what the body wrote is visible. Partner: the release below.
    if isDone.load(ordering: .acquiring) { return }
    mutex.withLock {
      // Relaxed: the mutex orders it.
      guard !isDone.load(ordering: .relaxed) else { return }
      body()
      isDone.store(true, ordering: .releasing)
    }
  }
}
