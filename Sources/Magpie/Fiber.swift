import CKernel
import MagpieTrace

/// A goroutine: a stack, an entry, a state.
///
/// Owned by whoever holds it: the machine that runs it or has it in its hands, or the lock of the queue or object on which
/// it waits. Fibers live in `FiberTable` and are recycled, never freed while the runtime lives, so a stale pointer to one
/// always points to a fiber.
struct Fiber: ~Copyable {
  /// Where the fiber sits, who may move it from there, and whether its stack is in use.
  enum Place: UInt8 {
    /// On a free list. No stack. Moved by the machine that takes it from its processor's list.
    case free
    /// In a run queue, in a runnext, or in the hands of a machine between the two. Moved by whoever takes it there.
    case runnable
    /// On a machine, which alone may move it. Its stack is in use.
    case running
    /// On a machine in a blocking call; the machine moves it when the call returns. Its stack is in use.
    case blocked
    /// On a machine that lost its processor while the fiber ran on; the machine moves it when it calls the runtime. Its stack is
    /// in use.
    case detached
    /// Waits on an object or for a time; moved by who takes it from there, under that object's lock.
    case parked
  }

  /// A closure in a struct: a bare one, moved through a generic pointer, would be wrapped in another, which is allocated.
  struct Entry {
    let run: @Sendable () -> Void
  }

  // The context stays the first field: its address is the fiber's.
  var context = ck_context()
  // And this the second.
  /// The open accesses of Swift's exclusivity checker, entered and left with the fiber.
  var exclusivity: (UInt, UInt) = (0, 0)
  // And this the third.
  /// What it runs, from `makeFiber` to its first frame: memory, so that it is moved in and out and never counted.
  private var entryStorage: (UInt, UInt) = (0, 0)
  // And this the fourth.
  /// How a select of it goes on.
  private let claimStorage = Claim<RealMemory>()
  // Here and down to `site` is what every spawn writes, on three lines of the cache.
  /// A running number, never used twice; 0 while free.
  var id: UInt32 = 0
  let index: UInt32
  /// Raised by each park: orders a park and its ready in the trace.
  var sequence: UInt32 = 0
  var place = Place.free
  /// Whether `storedLabel` is its own: a nameless fiber leaves that line of the cache alone.
  var isLabelled = false
  var parkReason: ParkReason?
  /// The sync object on which it waits, or 0.
  var parkObject: UInt32 = 0
  var name: UInt32 = 0
  var parent: UInt32 = 0
  /// The next one in the global queue, a free list or the line of a lock.
  var next: FiberRef?
  var stack: Stack?
  var stackSize: Int = 0
  var deadline: UInt64 = .max
  /// The fiber that spawned it, while that has the id `parent`; nil for the first one.
  var creator: FiberRef?
  var site = SpawnSite()
  /// Of the first of a full bundle: the next bundle of the shared list.
  var nextBundle: FiberRef?
  /// How many permits it waits for, in the line of a semaphore.
  var permits = 0
  var timerProcessor: UInt16 = Event.noProcessor
  /// Where in the heap of that processor its timer is, if it can be taken back; -1: it was taken out. Under that processor's
  /// `timerLock`.
  var timerIndex = -1
  /// Where it waits in the poller, or is about to.
  var pollSide: PollSideRef?
  /// The machine that alone may run it, and how many times it was locked to it.
  var lockedMachine: Machine.SharedRef?
  var lockDepth = 0
  /// When it last started, in virtual ns.
  var startTime: UInt64 = 0
  fileprivate var storedLabel = FiberLabel()

  init(index: UInt32) { self.index = index }
}

typealias FiberRef = UnsafeMutablePointer<Fiber>

extension UnsafeMutablePointer where Pointee == Fiber {
  /// The fiber whose `word` this is.
  @inline(__always)
  init(word: UInt64) { self = UnsafeMutablePointer(bitPattern: UInt(word))! }

  /// What stands for it in a slot of a local queue.
  @inline(__always)
  var word: UInt64 { UInt64(UInt(bitPattern: self)) }

  /// The two words of the exclusivity checker lie behind the context.
  @inline(__always)
  var exclusivity: UnsafeMutablePointer<CChar> {
    (UnsafeMutableRawPointer(self) + MemoryLayout<ck_context>.stride).assumingMemoryBound(to: CChar.self)
  }

  /// What it runs lies behind these two words.
  @inline(__always)
  var entry: UnsafeMutablePointer<Fiber.Entry> {
    (UnsafeMutableRawPointer(exclusivity) + 2 * MemoryLayout<UInt>.stride).assumingMemoryBound(to: Fiber.Entry.self)
  }

  /// The first bytes of its name.
  var label: FiberLabel { pointee.isLabelled ? pointee.storedLabel : FiberLabel() }

  /// Not inlined: a nameless spawn is not to make room for it.
  @inline(never)
  func setLabel(_ name: String) {
    pointee.storedLabel = FiberLabel(name)
    pointee.isLabelled = true
  }

  /// How a select of it goes on lies behind that.
  @inline(__always)
  var claim: UnsafeMutablePointer<Claim<RealMemory>> {
    (UnsafeMutableRawPointer(entry) + 2 * MemoryLayout<UInt>.stride).assumingMemoryBound(to: Claim<RealMemory>.self)
  }

  /// The context is the first field.
  @inline(__always)
  var context: UnsafeMutablePointer<ck_context> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: ck_context.self)
  }
}

/// All fibers of a runtime: one range of address space, so that a fiber is named by a 32-bit index, which leaves room for a
/// version beside it in `runNext`.
struct FiberTable: ~Copyable {
  static let capacity = 1 << 24
  /// Nil if there is no address space for it: then nothing is run.
  private let base: FiberRef?
  private static var bytes: Int { capacity * MemoryLayout<Fiber>.stride }

  init() {
    base = ck_reserve(FiberTable.bytes)?.bindMemory(to: Fiber.self, capacity: FiberTable.capacity)
  }

  func check() throws(Limit) {
    guard base != nil else {
      throw .memory(bytes: FiberTable.bytes, for: .fiberTable)
    }
  }

  @inline(__always)
  subscript(index: UInt32) -> FiberRef { base.unsafelyUnwrapped + Int(index) }

  /// Gives back the address space. No fiber may be used any more.
  func release() { if let base { ck_release(base, FiberTable.bytes) } }
}
