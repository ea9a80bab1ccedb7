private import CKernel
public import Synchronization

/// A machine's buffer of events: one writer, any number of readers, and no reader ever does the writer harm.
///
/// Format: `capacity` slots (a power of two) of four words. Event number `n` lies in slot `n % capacity`. The writer
/// stores the four words and then publishes the cursor `n + 1`. It never waits and overwrites the oldest event; whether
/// it may go on is asked elsewhere (the gate).
///
/// ### Why a reader sees whole events, or knows that it did not
/// 1. Writer: words of event `n`, relaxed (x86-64 keeps stores in order; elsewhere each word is stored with release) →
///    cursor `n + 1`, release.
/// 2. Reader: cursor, acquire → copies words below it, acquire → reads the cursor `c` again.
/// The slot of event `c` may be half written by then, and it is that of event `c - capacity`: so what was copied is good
/// from event `c + 1 - capacity` on, and all below is lost. A word that was overwritten is an atomic, so no data race.
///
/// Rejected: a sequence number in each slot (a fifth word, and two more stores an event).
public final class Ring: Sendable {
  /// The fields that others touch, each on a cache line of its own.
  @usableFromInline
  struct Shared: ~Copyable {
    @usableFromInline let published = Atomic<UInt64>(0)
    private let padding = (0, 0, 0, 0, 0, 0, 0)
    @usableFromInline init() {}
  }

  /// The number of events that fit.
  public let capacity: Int
  @usableFromInline nonisolated(unsafe) let slots: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline nonisolated(unsafe) let shared: UnsafeMutablePointer<Shared>

  static let wordsAnEvent = 4

  /// - Parameter capacity: events; rounded up to a power of two, at least 16.
  /// - Returns: nil when the address space is refused.
  public init?(capacity wanted: Int) {
    var capacity = 16
    while capacity < wanted { capacity *= 2 }
    self.capacity = capacity
    let words = capacity * Ring.wordsAnEvent
    guard let memory = ck_reserve(words * MemoryLayout<UInt64>.stride) else { return nil }
    slots = memory.bindMemory(to: Atomic<UInt64>.self, capacity: words)
    shared = .allocate(capacity: 1)
    shared.initialize(to: Shared())
  }

  deinit {
    ck_release(slots, capacity * Ring.wordsAnEvent * MemoryLayout<UInt64>.stride)
    shared.deinitialize(count: 1)
    shared.deallocate()
  }

  /// The number of events ever written. Synchronizes with `Writer.append`.
  public var published: UInt64 { shared.pointee.published.load(ordering: .acquiring) }

  /// The writing end. Only the owning machine may touch it; the ring must outlive it.
  @frozen
  public struct Writer {
    @usableFromInline let slots: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let shared: UnsafeMutablePointer<Shared>
    @usableFromInline let mask: UInt64
    /// The number of events written.
    public var cursor: UInt64 = 0

    @inlinable
    public init(_ ring: Ring) {
      slots = ring.slots
      shared = ring.shared
      mask = UInt64(ring.capacity) &- 1
    }

    /// Writes one event and publishes it.
    @inlinable @inline(__always)
    public mutating func append(_ event: Event) {
      let slot = slots + Int(truncatingIfNeeded: (cursor & mask) &<< 2)
      #if arch(x86_64)
        slot[0].store(event.word0, ordering: .relaxed)
        slot[1].store(event.word1, ordering: .relaxed)
        slot[2].store(event.word2, ordering: .relaxed)
        slot[3].store(event.word3, ordering: .relaxed)
      #else
        slot[0].store(event.word0, ordering: .releasing)
        slot[1].store(event.word1, ordering: .releasing)
        slot[2].store(event.word2, ordering: .releasing)
        slot[3].store(event.word3, ordering: .releasing)
      #endif
      cursor = cursor &+ 1
      // Release: makes the words visible. Synchronizes with `Ring.published`.
      shared.pointee.published.store(cursor, ordering: .releasing)
    }
  }

  /// What a reading brought.
  public struct Reading: Sendable, Equatable {
    /// Events appended to the buffer.
    public var count: Int
    /// Events between the position asked for and the first one delivered: overwritten.
    public var lost: UInt64
    /// Where to read on.
    public var next: UInt64
  }

  /// Copies the events from number `position` on into `buffer`, as many as there are and fit.
  /// - Complexity: O(events copied), 1 to 2 ns each.
  public func read(from position: UInt64, into buffer: UnsafeMutableBufferPointer<Event>) -> Reading {
    let size = UInt64(capacity)
    let end = published
    var start = position
    if end >= size, start < end &+ 1 &- size { start = end &+ 1 &- size }
    let count = min(Int(end &- start), buffer.count)
    for offset in 0..<count {
      let number = start &+ UInt64(offset)
      let slot = slots + Int(truncatingIfNeeded: (number & (size &- 1)) &<< 2)
      // Acquire: the cursor below is read after the words. Plain loads on x86-64.
      buffer[offset] = Event(
        word0: slot[0].load(ordering: .acquiring), word1: slot[1].load(ordering: .acquiring),
        word2: slot[2].load(ordering: .acquiring), word3: slot[3].load(ordering: .acquiring))
    }
    let after = published
    var good = start
    if after &+ 1 > size { good = max(good, after &+ 1 &- size) }
    let bad = min(Int(good &- start), count)
    if bad > 0 {
      let base = buffer.baseAddress!
      base.update(from: base + bad, count: count - bad)
      start = start &+ UInt64(bad)
    }
    return Reading(count: count - bad, lost: start &- position, next: start &+ UInt64(count - bad))
  }
}
