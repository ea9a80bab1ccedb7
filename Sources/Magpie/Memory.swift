import CKernel
import Synchronization

/// The memory that a racy core runs on.
///
/// The local queue, the parker, the counting of spinners, the ownership of processors, the runtime's lock and the channel's core
/// are generic over it, and nothing above them is: on `RealMemory` each access is one atomic instruction; on the tests' explored
/// memory it is a point at which any other thread may go on, and a load may return any value that its ordering allows.
///
/// Functions of the type rather than methods of a word that the memory brings along: such words could not be copied, and
/// a protocol cannot ask for a type that cannot.
protocol Memory {
  /// What tells one word from the others; nothing, in real memory.
  associatedtype Tag

  /// The slots of a local queue, a power of two: few where all interleavings are tried.
  static var slotCount: UInt32 { get }
  /// How often who waits for a lock looks before it sleeps.
  static var lockSpins: Int { get }

  static func tag(_ name: StaticString, _ value: UInt64) -> Tag
  static func load<Value>(_ word: borrowing AtomicWord<Value, Self>, _ ordering: Ordering) -> Value
  static func store<Value>(_ word: borrowing AtomicWord<Value, Self>, _ value: Value, _ ordering: Ordering)
  /// Changes a word in one step. - Returns: the value before.
  static func change<Value>(
    _ word: borrowing AtomicWord<Value, Self>, _ change: Change, _ operand: Value, _ ordering: Ordering
  ) -> Value
  static func compareExchange<Value>(
    _ word: borrowing AtomicWord<Value, Self>, _ expected: Value, _ desired: Value, _ ordering: Ordering,
    failure: Ordering
  ) -> (exchanged: Bool, original: Value)

  /// Sleeps in the kernel until `wake`, at most for a time in ns (negative: without end), unless the word has changed. May return early.
  static func wait(_ word: borrowing AtomicWord<UInt32, Self>, _ expected: UInt32, _ timeout: Int64)
  /// Wakes at most one that sleeps on the word.
  static func wakeOne(_ word: borrowing AtomicWord<UInt32, Self>)
  /// A full barrier on every core that runs a thread. - Returns: false if the kernel refuses it.
  @discardableResult static func barrier() -> Bool
  /// Memory that is no word is read or written, which nobody else may do at the same time.
  static func touch(_ tag: borrowing PlainMemory<Self>, writes: Bool)
}

/// How an access is ordered with others: Synchronization's orderings, as one type, so that a word's methods can pass them on.
enum Ordering {
  case relaxed, acquiring, releasing, acquiringAndReleasing, sequentiallyConsistent
}

/// How a word is changed in one step.
enum Change {
  case exchange, add, subtract, or, and
}

/// An atomic word of 32 or 64 bits.
struct AtomicWord<Value: AtomicInteger, M: Memory>: ~Copyable {
  let atomic: Atomic<Value>
  let tag: M.Tag

  /// - Parameter name: for whoever reads an interleaving that fails.
  @inline(__always)
  init(_ value: Value, _ name: StaticString) {
    atomic = Atomic(value)
    tag = M.tag(name, UInt64(value))
  }

  @inline(__always)
  func load(_ ordering: Ordering) -> Value { M.load(self, ordering) }
  @inline(__always)
  func store(_ value: Value, _ ordering: Ordering) { M.store(self, value, ordering) }
  /// - Returns: the value before, as do the next four.
  @inline(__always)
  func exchange(_ value: Value, _ ordering: Ordering) -> Value { M.change(self, .exchange, value, ordering) }
  @discardableResult @inline(__always)
  func add(_ value: Value, _ ordering: Ordering) -> Value { M.change(self, .add, value, ordering) }
  @discardableResult @inline(__always)
  func subtract(_ value: Value, _ ordering: Ordering) -> Value { M.change(self, .subtract, value, ordering) }
  @discardableResult @inline(__always)
  func or(_ value: Value, _ ordering: Ordering) -> Value { M.change(self, .or, value, ordering) }
  @discardableResult @inline(__always)
  func and(_ value: Value, _ ordering: Ordering) -> Value { M.change(self, .and, value, ordering) }

  /// - Parameter failure: the ordering of the load that it is when the value is another.
  @inline(__always)
  func compareExchange(expected: Value, desired: Value, _ ordering: Ordering, failure: Ordering = .relaxed)
    -> (exchanged: Bool, original: Value)
  { M.compareExchange(self, expected, desired, ordering, failure: failure) }
}

/// Stands for plain memory beside the words: the code that reads or writes it says so, and the explorer looks whether
/// another thread may do the same at that moment. Nothing, in real memory: there ThreadSanitizer looks.
struct PlainMemory<M: Memory>: ~Copyable {
  let tag: M.Tag

  @inline(__always)
  init(_ name: StaticString) { tag = M.tag(name, 0) }

  @inline(__always)
  func read() { M.touch(self, writes: false) }
  @inline(__always)
  func write() { M.touch(self, writes: true) }
}

/// The memory that the runtime runs on.
enum RealMemory: Memory {
  @inline(__always)
  static var slotCount: UInt32 { 256 }
  @inline(__always)
  static var lockSpins: Int { 4 }

  @inline(__always)
  static func tag(_ name: StaticString, _ value: UInt64) {}

  @inline(__always)
  static func load<Value>(_ word: borrowing AtomicWord<Value, Self>, _ ordering: Ordering) -> Value {
    Value.load(word.atomic, ordering)
  }

  @inline(__always)
  static func store<Value>(_ word: borrowing AtomicWord<Value, Self>, _ value: Value, _ ordering: Ordering) {
    Value.store(word.atomic, value, ordering)
  }

  @inline(__always)
  static func change<Value>(
    _ word: borrowing AtomicWord<Value, Self>, _ change: Change, _ operand: Value, _ ordering: Ordering
  ) -> Value { Value.change(word.atomic, change, operand, ordering) }

  @inline(__always)
  static func compareExchange<Value>(
    _ word: borrowing AtomicWord<Value, Self>, _ expected: Value, _ desired: Value, _ ordering: Ordering,
    failure: Ordering
  ) -> (exchanged: Bool, original: Value) {
    Value.compareExchange(word.atomic, expected, desired, ordering, failure)
  }

  @inline(__always)
  static func wait(_ word: borrowing AtomicWord<UInt32, Self>, _ expected: UInt32, _ timeout: Int64) {
    word.atomic.sleep(while: expected, atMost: timeout)
  }

  @inline(__always)
  static func wakeOne(_ word: borrowing AtomicWord<UInt32, Self>) {
    word.atomic.wake()
  }

  @discardableResult
  static func barrier() -> Bool { ck_membarrier() == 0 }

  @inline(__always)
  static func touch(_ tag: borrowing PlainMemory<Self>, writes: Bool) {}
}
