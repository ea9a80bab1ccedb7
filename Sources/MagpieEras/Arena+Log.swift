import MagpieTrace
import Synchronization

/// The log of events, and the names in them.
///
/// Writers have the arena's lock, so there is one at a time and the log's order is the order of what happened. The one reader has no
/// lock: it takes what lies before the tail and then moves the head. Two waits:
///
/// *The reader waits for events.* It sleeps for a few milliseconds at most; a writer that has filled a quarter more raises its word.
///
/// *A writer waits for room.* It says so (`wantsRoom`), then looks at the head once more; the reader moves the head, then looks whether
/// anybody said so. Both orders are sequentially consistent: of the two looks at least one sees the other's word.
extension Arena {
  /// Room that an operation should find. One that wakes very many needs more, and waits in the middle, with the lock.
  private static let ampleRoom: UInt64 = 256

  /// Appends an event. The lock is held.
  func emit(
    _ kind: EventKind, _ machine: Int, at time: UInt64, fiber: UInt32 = 0, detail: UInt8 = 0, a: UInt32 = 0,
    b: UInt32 = 0,
    c: UInt32 = 0, d: UInt32 = 0
  ) {
    // Relaxed: only writers change it, under the lock.
    let tail = header.pointee.logTail.load(ordering: .relaxed)
    let capacity = UInt64(header.pointee.logCapacity)
    while tail - header.pointee.logHead.load(ordering: .acquiring) >= capacity { waitForRoom(0) }
    if header.pointee.fault != .none { fail(at: tail + 1) }
    log[Int(tail & (capacity - 1))] = Event(
      time: time, machine: UInt16(truncatingIfNeeded: machine), kind: kind, detail: detail, fiber: fiber, a: a, b: b,
      c: c,
      d: d)
    // Release: the event is whole. Partner: the acquire in `read`.
    header.pointee.logTail.store(tail + 1, ordering: .releasing)
    // The reader of a program that is held sleeps long, and a step is to be seen at once.
    if (tail + 1) & (capacity / 4 - 1) == 0 || isHeld { callReader() }
  }

  var hasAmpleRoom: Bool {
    let used =
      header.pointee.logTail.load(ordering: .relaxed) - header.pointee.logHead.load(ordering: .acquiring)
    return used + Arena.ampleRoom <= UInt64(header.pointee.logCapacity)
  }

  /// Sleeps until the reader has read something, if there is less room than that.
  func waitForRoom(_ room: UInt64) {
    let seen = header.pointee.roomWord.load(ordering: .acquiring)
    header.pointee.wantsRoom.store(1, ordering: .sequentiallyConsistent)
    let tail = header.pointee.logTail.load(ordering: .relaxed)
    let used = tail - header.pointee.logHead.load(ordering: .sequentiallyConsistent)
    guard used + max(room, 1) > UInt64(header.pointee.logCapacity) else { return }
    callReader()
    header.pointee.roomWord.sleep(while: seen, atMost: 100_000_000, acrossProcesses: true)
  }

  /// As above, for who wants to begin an operation: without the lock meanwhile.
  func waitForAmpleRoom() {
    unlock()
    waitForRoom(Arena.ampleRoom)
    lock()
  }

  // MARK: reading

  func callReader() {
    header.pointee.readerWord.wrappingAdd(1, ordering: .releasing)
    header.pointee.readerWord.wake(acrossProcesses: true)
  }

  /// Hands over what is new, at most so many events. One reader only.
  func read(atMost limit: Int, _ body: (UnsafeMutablePointer<Event>, Int) -> Void) -> Int {
    let head = header.pointee.logHead.load(ordering: .relaxed)
    // Acquire: see `emit`.
    let count = min(Int(header.pointee.logTail.load(ordering: .acquiring) - head), limit)
    guard count > 0 else { return 0 }
    let first = Int(head & UInt64(header.pointee.logCapacity - 1))
    let straight = min(count, header.pointee.logCapacity - first)
    body(log + first, straight)
    if straight < count { body(log, count - straight) }
    header.pointee.logHead.store(head + UInt64(count), ordering: .sequentiallyConsistent)
    if header.pointee.wantsRoom.exchange(0, ordering: .sequentiallyConsistent) != 0 {
      header.pointee.roomWord.wrappingAdd(1, ordering: .releasing)
      header.pointee.roomWord.wake(.max, acrossProcesses: true)
    }
    return count
  }

  // MARK: names

  /// The id of a name; the same for the same name, 0 for the empty one, and for one too many. The lock is held.
  func string(_ name: String) -> UInt32 {
    var name = name
    return name.withUTF8 { bytes in
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return 0 }
      // Relaxed: it is raised under the lock.
      let count = header.pointee.stringCount.load(ordering: .relaxed)
      for id in 1..<max(count, 1) where Int(strings[id].count) == bytes.count {
        if UnsafeBufferPointer(start: text + Int(strings[id].offset), count: bytes.count).elementsEqual(bytes) {
          return UInt32(id)
        }
      }
      let offset = header.pointee.textCount
      guard count < Arena.maximumStrings, offset + bytes.count <= Arena.stringBytes else { return 0 }
      (text + offset).update(from: base, count: bytes.count)
      strings[count] = StringRecord(offset: UInt32(offset), count: UInt32(bytes.count))
      header.pointee.textCount += bytes.count
      // Release: the bytes are there. Partner: the acquire in `strings(from:)`.
      header.pointee.stringCount.store(count + 1, ordering: .releasing)
      return UInt32(count)
    }
  }

  /// The names from an id on. Without the lock.
  func strings(from first: Int) -> [String] {
    let count = header.pointee.stringCount.load(ordering: .acquiring)
    guard first < count else { return [] }
    return (first..<count).map { text(of: UInt32($0)) }
  }

  func text(of id: UInt32) -> String {
    guard id > 0, Int(id) < Arena.maximumStrings else { return "" }
    let record = strings[Int(id)]
    return String(
      decoding: UnsafeBufferPointer(start: text + Int(record.offset), count: Int(record.count)), as: UTF8.self)
  }
}
