import MagpieTrace

/// Values that one thread collects and another reads.
final class Collected<Value: Sendable>: Sendable {
  private let storage = ThreadMutex<[Value]>([])

  func add(_ value: Value) { storage.withLock { $0.append(value) } }
  var values: [Value] { storage.withLock { $0 } }
}
