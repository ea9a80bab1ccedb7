import Synchronization

/// Values that one thread collects and another reads.
final class Collected<Value: Sendable>: Sendable {
  private let storage = Mutex<[Value]>([])

  /// Not inlined: the lock asks which thread this is, and a fiber that switches within the same function would be told of an earlier one.
  @inline(never)
  func add(_ value: Value) { storage.withLock { $0.append(value) } }
  var values: [Value] { storage.withLock { $0 } }
}
