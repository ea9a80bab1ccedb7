/// One channel, lock or other sync object as a reader sees it: a copy, made on demand.
public struct SyncObjectState: Sendable, Hashable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Known only because a fiber waits for it.
    case unknown = 0
    case channel, lock, waitGroup, semaphore, condition, readWriteLock
  }

  public var id: UInt32
  public var kind: Kind
  /// Values in a channel's buffer, a wait group's count, free permits of a semaphore, waiters of a condition, 1 for a held
  /// lock; of a read-write lock its readers, or `Snapshot.Object.writer`.
  public var occupancy: UInt32
  /// Of a channel's buffer.
  public var capacity: UInt32
  /// Who holds the lock, if it is one and is held by a known fiber, which is not a reader.
  public var holder: UInt32?
  /// Parked fibers that wait for it.
  public var waiters: Int
  /// How often a fiber has parked for it, and for how many virtual nanoseconds in all; one that waits still counts when it is
  /// woken.
  public var waits: UInt64
  public var waitedNanoseconds: UInt64
  public var isClosed: Bool
  /// Its own sequence number.
  public var sequence: UInt32
}
