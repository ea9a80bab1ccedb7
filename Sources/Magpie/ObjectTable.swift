import MagpieTrace

/// The sync objects that are alive, for a snapshot: what each of them knows of itself.
final class ObjectTable: Sendable {
  private let readers = ThreadMutex<[UInt32: @Sendable () -> Snapshot.Object]>([:])

  func add(_ id: UInt32, _ read: @escaping @Sendable () -> Snapshot.Object) { readers.withLock { $0[id] = read } }
  func remove(_ id: UInt32) { readers.withLock { $0[id] = nil } }
  var ids: Set<UInt32> { readers.withLock { Set($0.keys) } }
  func snapshot() -> [Snapshot.Object] { readers.withLock { readers in readers.keys.sorted().map { readers[$0]!() } } }
}
