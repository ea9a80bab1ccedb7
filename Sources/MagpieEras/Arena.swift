import CKernel
import Glibc
import Magpie
import MagpieTrace
import Synchronization

/// What the tasks of an era share in which the kernel schedules: one stretch of memory, the same for threads and for processes.
///
/// A file in memory, mapped before the first task is forked, so that every task sees the same bytes; a handle is an index into it.
/// It holds counters, cells, channels, locks, wait groups, a slot for each task, the log of events, names, and the gate.
///
/// **One lock for all of it** (`lock`), a futex word with its owner's kernel thread id. An operation takes it once, passes the gate,
/// changes the object, writes its events and gives it back, some hundred nanoseconds later. Locks of their own for the objects were
/// considered: the events of all tasks would still have to meet in one place, to be put in order, and these would have to be merged
/// or numbered; a step, a deadlock, a breakpoint would each need a protocol of its own; and of a process that is killed in the
/// middle, any number of locks would have to be found. With one lock the log's order is the order of what happened, "all wait" is a
/// comparison, and a dead owner is one word.
///
/// The reader of the log never takes the lock: see `Arena+Log.swift`. Counters and cells do without it, too.
///
/// All pointers into the memory are made here, and nowhere else. A word that is not atomic is only touched under the lock.
final class Arena: @unchecked Sendable {
  static let maximumTasks = 65_000
  static let maximumWords = 1 << 20
  static let maximumObjects = 1 << 16
  static let maximumStrings = 4_096
  static let stringBytes = 1 << 18
  /// Values that all channels together buffer.
  static let maximumValues = 1 << 27
  static let maximumEvents = 1 << 20

  /// Needed until the last process has it that is to have it; -1 from then on, and where no other is to have it.
  private(set) var file: Int32
  /// The viewer's process; in that itself 0.
  let viewer: Int32
  var isViewer: Bool { viewer == 0 }
  private let memory: UnsafeMutableRawPointer
  let header: UnsafeMutablePointer<ArenaHeader>
  let slots: UnsafeMutablePointer<TaskSlot>
  let words: UnsafeMutablePointer<Atomic<Int>>
  let channels: UnsafeMutablePointer<ChannelRecord>
  let mutexes: UnsafeMutablePointer<MutexRecord>
  let groups: UnsafeMutablePointer<GroupRecord>
  let strings: UnsafeMutablePointer<StringRecord>
  let text: UnsafeMutablePointer<UInt8>
  let values: UnsafeMutablePointer<Int>
  let log: UnsafeMutablePointer<Event>

  /// Where each part begins: on a page of its own, so that what one part touches costs only that.
  private struct Layout {
    var size = 0
    mutating func place<Value: ~Copyable>(_ type: Value.Type, _ count: Int) -> Int {
      let offset = size
      let bytes = MemoryLayout<Value>.stride * count
      size = (offset + bytes + 4095) / 4096 * 4096
      return offset
    }
  }

  /// - Parameters:
  ///   - file: where it is; nil: in a new one if `hasFile`, else nowhere.
  ///   - viewer: the process that made it; 0: this one does now.
  ///   - isEmpty: there is no room for anything.
  private init(
    file: Int32?, hasFile: Bool, viewer: Int32, events: Int, isEmpty: Bool = false
  ) throws(Limit) {
    func count(_ most: Int) -> Int { isEmpty ? 1 : most }
    var layout = Layout()
    let offsets = (
      header: layout.place(ArenaHeader.self, 1), slots: layout.place(TaskSlot.self, count(Arena.maximumTasks)),
      words: layout.place(Atomic<Int>.self, count(Arena.maximumWords)),
      channels: layout.place(ChannelRecord.self, count(Arena.maximumObjects)),
      mutexes: layout.place(MutexRecord.self, count(Arena.maximumObjects)),
      groups: layout.place(GroupRecord.self, count(Arena.maximumObjects)),
      strings: layout.place(StringRecord.self, count(Arena.maximumStrings)),
      text: layout.place(UInt8.self, count(Arena.stringBytes)),
      log: layout.place(Event.self, count(Arena.maximumEvents)),
      values: layout.place(Int.self, count(Arena.maximumValues))
    )
    let file = file ?? (hasFile ? ck_shared_memory(layout.size) : -1)
    if hasFile, file < 0 { throw Limit.shared(errno: -file, for: .sharedMemory, bytes: layout.size) }
    guard let memory = ck_map_shared(file, layout.size) else {
      if file >= 0 { _ = ck_close(file) }
      throw Limit.shared(errno: ENOMEM, for: .sharedMemory, bytes: layout.size)
    }
    self.file = file
    self.viewer = viewer
    self.memory = memory
    size = layout.size
    // A new file is zero throughout, which is how each of these begins.
    header = (memory + offsets.header).bindMemory(to: ArenaHeader.self, capacity: 1)
    slots = (memory + offsets.slots).bindMemory(to: TaskSlot.self, capacity: Arena.maximumTasks)
    words = (memory + offsets.words).bindMemory(to: Atomic<Int>.self, capacity: Arena.maximumWords)
    channels = (memory + offsets.channels).bindMemory(to: ChannelRecord.self, capacity: Arena.maximumObjects)
    mutexes = (memory + offsets.mutexes).bindMemory(to: MutexRecord.self, capacity: Arena.maximumObjects)
    groups = (memory + offsets.groups).bindMemory(to: GroupRecord.self, capacity: Arena.maximumObjects)
    strings = (memory + offsets.strings).bindMemory(to: StringRecord.self, capacity: Arena.maximumStrings)
    text = (memory + offsets.text).bindMemory(to: UInt8.self, capacity: Arena.stringBytes)
    log = (memory + offsets.log).bindMemory(to: Event.self, capacity: Arena.maximumEvents)
    values = (memory + offsets.values).bindMemory(to: Int.self, capacity: Arena.maximumValues)
    if viewer == 0 { header.initialize(to: ArenaHeader(events: events)) }
  }
  let size: Int

  /// A new one.
  /// - Parameters:
  ///   - events: that the log holds, a power of two.
  ///   - hasFile: another program is to map it.
  convenience init(events: Int, hasFile: Bool) throws(Limit) {
    try self.init(file: nil, hasFile: hasFile, viewer: 0, events: events)
  }
  /// The one that the viewer, another process, has made.
  convenience init(file: Int32, viewer: Int32) throws(Limit) {
    try self.init(file: file, hasFile: true, viewer: viewer, events: 0)
  }
  /// Stands in for one that cannot be had: in it a run has ended, before it began.
  static func empty() -> Arena {
    guard let arena = try? Arena(file: nil, hasFile: false, viewer: 0, events: 1, isEmpty: true) else {
      fatalError("magpie: the kernel refuses a few pages of memory")
    }
    arena.finish(.limit)
    return arena
  }

  deinit {
    closeFile()
    ck_release(memory, size)
  }

  /// Nobody else is to map it.
  func closeFile() {
    if file >= 0 { _ = ck_close(file) }
    file = -1
  }

  /// Gives the kernel back what the log and the channels' buffers take, once the run has ended and all is read. The frames of threads
  /// that were ended where they were keep the arena for ever; what is left of it is small.
  func dropBuffers() {
    let end = memory + size
    _ = ck_drop_shared(UnsafeMutableRawPointer(log), UnsafeMutableRawPointer(log).distance(to: end))
  }
}
