import CKernel
import Glibc
import MagpieTrace
import Synchronization

/// The network poller of a runtime: the kernel's list of files that fibers wait for (Go's netpoll_epoll). One epoll instance,
/// edge-triggered, made with the first file; an event interrupts the machine that waits in it.
///
/// What becomes ready is told by tag, not by pointer: the place of a file's two sides in a table that never moves and is never
/// given back while the poller lives, and which of the files that had this place it is. So what the kernel tells of a file
/// that was closed meanwhile is dropped, or, at worst, makes a fiber look once in vain.
final class Poller: Sendable {
  private struct Table {
    var count: UInt32 = 0
    /// The places given back.
    var free: [UInt32] = []
  }

  /// Files at once.
  private static let capacity = 1 << 20
  private static var bytes: Int { 2 * capacity * MemoryLayout<PollSide>.stride }
  static let eventTag = UInt64.max

  /// The epoll instance; -1 until the first file comes.
  let file = Atomic<Int32>(-1)
  private let event = Atomic<Int32>(-1)
  /// Nil if there is no address space for it: then nothing is run.
  private nonisolated(unsafe) let memory: PollSideRef?
  private var sides: PollSideRef { memory.unsafelyUnwrapped }
  private let table = ThreadMutex(Table())

  init() {
    memory = ck_reserve(Poller.bytes)?.bindMemory(to: PollSide.self, capacity: 2 * Poller.capacity)
  }

  func check() throws(Limit) {
    guard memory != nil else {
      throw .memory(bytes: Poller.bytes, for: .fileTable)
    }
  }

  deinit {
    for file in [file.load(ordering: .relaxed), event.load(ordering: .relaxed)] where file >= 0 { _ = ck_close(file) }
    if let memory { ck_release(memory, Poller.bytes) }
  }

  /// The event that interrupts who waits. Made before `file` is set.
  var interruption: Int32 { event.load(ordering: .relaxed) }

  /// Makes the epoll instance, if that is still to be done. - Returns: whether it was, or -errno.
  func open() -> (isNew: Bool, error: Int32) {
    // Acquire: partner of the store below.
    if file.load(ordering: .acquiring) >= 0 { return (false, 0) }
    return table.withLock { _ in
      if file.load(ordering: .relaxed) >= 0 { return (false, 0) }
      let new = ck_poller_create()
      guard new >= 0 else { return (false, new) }
      let interruption = ck_event_create()
      let error = interruption < 0 ? interruption : ck_poller_add_event(new, interruption, Poller.eventTag)
      guard error >= 0 else {
        _ = ck_close(new)
        if interruption >= 0 { _ = ck_close(interruption) }
        return (false, error)
      }
      event.store(interruption, ordering: .relaxed)
      // Sequentially consistent: see `Machine.openPoller`.
      file.store(new, ordering: .sequentiallyConsistent)
      return (true, 0)
    }
  }

  /// Watches a file. - Returns: its place, or -errno.
  func add(_ descriptor: Int32) -> (place: UInt32, error: Int32) {
    let place: UInt32? = table.withLock { table in
      if let free = table.free.popLast() { return free }
      guard table.count < Poller.capacity else { return nil }
      let new = table.count
      table.count = new + 1
      (sides + 2 * Int(new)).initialize(to: PollSide())
      (sides + 2 * Int(new) + 1).initialize(to: PollSide())
      return new
    }
    guard let place else { return (0, -EMFILE) }
    let tag = UInt64(reading(place).pointee.tag.load(ordering: .relaxed)) << 32 | UInt64(place)
    let error = ck_poller_add(file.load(ordering: .acquiring), descriptor, tag)
    guard error >= 0 else {
      giveBack(place)
      return (0, error)
    }
    return (place, 0)
  }

  /// Watches it no longer. Nobody waits for it. Before it is closed: a duplicate would keep it in the kernel's list.
  func remove(_ descriptor: Int32, _ place: UInt32) {
    _ = ck_poller_remove(file.load(ordering: .acquiring), descriptor)
    giveBack(place)
  }

  private func giveBack(_ place: UInt32) {
    for side in [reading(place), writing(place)] {
      // Relaxed: a machine that still has an old tag, or passed the check just now, makes a fiber look in vain.
      side.pointee.tag.wrappingAdd(1, ordering: .relaxed)
      side.pointee.word.store(PollSide.none, ordering: .relaxed)
      side.pointee.deadline.store(.max, ordering: .relaxed)
      side.pointee.isDrained.store(false, ordering: .relaxed)
      side.pointee.hidesMore.store(false, ordering: .relaxed)
    }
    table.withLock { $0.free.append(place) }
  }

  func reading(_ place: UInt32) -> PollSideRef { sides + 2 * Int(place) }
  func writing(_ place: UInt32) -> PollSideRef { sides + 2 * Int(place) + 1 }

  /// The place that a tag names; nil for the interruption, and for a file that has lost its place.
  func place(of tag: UInt64) -> UInt32? {
    guard tag != Poller.eventTag else { return nil }
    let place = UInt32(truncatingIfNeeded: tag)
    return reading(place).pointee.tag.load(ordering: .relaxed) == UInt32(tag >> 32) ? place : nil
  }
}
