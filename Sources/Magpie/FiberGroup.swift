import MagpieTrace

/// Fibers that work for one: it waits for all, and hears what failed first, and in which (Go's errgroup.Group).
///
///     let group = FiberGroup()
///     for url in urls {
///       group.spawn(name: "fetch") { context in try fetch(url, context) }
///     }
///     try group.wait()
///
/// What the first of them throws cancels the context that all are given, so that the others may stop early.
public final class FiberGroup: Sendable {
  /// Cancelled by the first error.
  public let context: Context
  private let group = WaitGroup()
  private let permits: Semaphore?
  private let failure = ThreadMutex<FiberError?>(nil)

  /// Called on a fiber.
  /// - Parameters:
  ///   - parent: cancels the group's context with it.
  ///   - limit: how many run at once, 1 or more; who spawns more waits.
  public init(parent: Context? = nil, limit: Int? = nil) {
    context = Context(parent: parent)
    permits = limit.map { Semaphore(permits: $0) }
  }

  /// Starts a fiber of the group.
  /// - Parameters:
  ///   - name: what a watcher, and an error, calls it.
  ///   - file: where it is spawned, said when the fiber kills the process.
  ///   - line: the same.
  ///   - body: what it does, and may fail to do; it gets the group's context.
  public func spawn(
    name: String = "", file: StaticString = #fileID, line: UInt32 = #line,
    _ body: @escaping @Sendable (Context) throws -> Void
  ) {
    permits?.acquire()
    group.add()
    Magpie.spawn(name: name, stackSize: nil, at: SpawnSite(file, line)) { [self] in
      do { try body(context) } catch { fail(error, name) }
      permits?.release()
      group.done()
    }
  }

  private func fail(_ error: any Error, _ name: String) {
    let fiber = currentMachine("a fiber group").pointee.fiber!.pointee.id
    let isFirst = failure.withLock { first in
      guard first == nil else { return false }
      first = FiberError(fiber: fiber, name: name, underlying: error)
      return true
    }
    if isFirst { context.cancel() }
  }

  /// Waits until all have ended.
  /// - Throws: what the first to fail has thrown, with its name.
  public func wait() throws(FiberError) {
    group.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

/// An error that a fiber ended with.
public struct FiberError: Error, Sendable, CustomStringConvertible {
  /// The fiber's number, as a watcher shows it.
  public var fiber: UInt32
  /// Its name, empty if it has none.
  public var name: String
  public var underlying: any Error

  public var description: String {
    "G\(fiber)\(name.isEmpty ? "" : " \(name)") failed: \(underlying)"
  }
}
