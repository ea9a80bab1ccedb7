@testable import Magpie

/// Memory in which each access is a point at which any other thread may go on, and a load may return any value that its
/// ordering allows.
///
/// ### The model
/// Each word keeps all values that it ever had, in order. A thread has a view: for each word, the oldest value that it may still
/// read. A load picks any value from there on, which raises the view. A store with release, and each change, leaves the
/// writer's view with its value, and a load with acquire that reads it takes that view over. A change reads the last value
/// and hands on the view that it finds there (release sequences). A sequentially consistent access may not read what is older than
/// the last sequentially consistent access of the same word has read or written. A compare-exchange that fails is a load.
///
/// That is C++'s memory model but for two things: a load never returns what is stored later (load buffering), and a word's values
/// stand in the order in which they were stored. So a release that is there to keep earlier loads from being late, as that of
/// a ring's head, is not missed here when it is left out.
///
/// Plain memory may be touched only by threads of which one has seen, through its view, what the other did.
enum ExploredMemory: Memory {
  typealias Tag = Int

  static var slotCount: UInt32 { Explorer.current.slotCount }

  /// Looking once more is tried, too, by those who sleep.
  static var lockSpins: Int { 0 }

  static func tag(_ name: StaticString, _ value: UInt64) -> Int { Explorer.current.addWord(name, value) }

  static func load<Value>(_ word: borrowing AtomicWord<Value, Self>, _ ordering: Ordering) -> Value {
    Value(truncatingIfNeeded: Explorer.current.access(Access(.load, word.tag, ordering)).value)
  }

  static func store<Value>(_ word: borrowing AtomicWord<Value, Self>, _ value: Value, _ ordering: Ordering) {
    _ = Explorer.current.access(Access(.store, word.tag, ordering, operand: UInt64(value)))
  }

  static func change<Value>(
    _ word: borrowing AtomicWord<Value, Self>, _ change: Change, _ operand: Value, _ ordering: Ordering
  ) -> Value {
    var access = Access(.change, word.tag, ordering, operand: UInt64(operand))
    access.change = change
    access.mask = UInt64(Value.max)
    return Value(truncatingIfNeeded: Explorer.current.access(access).value)
  }

  static func compareExchange<Value>(
    _ word: borrowing AtomicWord<Value, Self>, _ expected: Value, _ desired: Value, _ ordering: Ordering,
    failure: Ordering
  ) -> (exchanged: Bool, original: Value) {
    if Explorer.current.tears(word.tag) {
      let seen = load(word, .acquiring)
      if seen == expected { store(word, desired, .releasing) }
      return (seen == expected, seen)
    }
    var access = Access(.compareExchange, word.tag, ordering, operand: UInt64(desired))
    access.expected = UInt64(expected)
    access.failure = failure
    let outcome = Explorer.current.access(access)
    return (outcome.exchanged, Value(truncatingIfNeeded: outcome.value))
  }

  static func wait(_ word: borrowing AtomicWord<UInt32, Self>, _ expected: UInt32, _ timeout: Int64) {
    var access = Access(.wait, word.tag, .relaxed)
    access.expected = UInt64(expected)
    access.mayTimeOut = timeout >= 0
    _ = Explorer.current.access(access)
  }

  static func wakeOne(_ word: borrowing AtomicWord<UInt32, Self>) {
    if !Explorer.current.omitsWakes(word.tag) { _ = Explorer.current.access(Access(.wake, word.tag, .relaxed)) }
  }

  @discardableResult
  static func barrier() -> Bool {
    _ = Explorer.current.access(Access(.barrier, 0, .relaxed))
    return true
  }

  static func touch(_ tag: borrowing PlainMemory<Self>, writes: Bool) {
    Explorer.current.touch(tag.tag, writes: writes)
  }
}

/// One access that a thread is about to make.
struct Access {
  enum Kind: UInt64 {
    case load = 1, store, change, compareExchange, wait, wake, resume, barrier
  }

  var kind: Kind
  var word: Int
  var ordering: Ordering
  /// Of a compare-exchange that fails.
  var failure = Ordering.relaxed
  var operand: UInt64
  var expected: UInt64 = 0
  var change = Change.exchange
  var mask = UInt64.max
  /// Of a wait.
  var mayTimeOut = false

  init(_ kind: Kind, _ word: Int, _ ordering: Ordering, operand: UInt64 = 0) {
    self.kind = kind
    self.word = word
    self.ordering = ordering
    self.operand = operand
  }
}

/// What is broken in the memory, to see that it is found.
enum Mutation: CustomStringConvertible, Sendable {
  /// Accesses of one kind to words of a name have a weaker ordering.
  case weakens(String, Access.Kind, Ordering)
  /// Accesses of all kinds to words of a name are relaxed.
  case relaxes(String)
  /// Compare-exchanges of words of a name are a load and a store.
  case tears(String)
  /// Compare-exchanges of words of a name compare the low half only.
  case ignoresVersion(String)
  /// There are no barriers.
  case omitsBarriers
  /// Nobody is woken who sleeps on words of a name.
  case omitsWakes(String)
  /// What the test leaves out of a protocol, by a name of its own.
  case leavesOut(String)

  var description: String {
    switch self {
    case .weakens(let name, let kind, let ordering): "each \(kind) of \(name) is \(ordering)"
    case .relaxes(let name): "each access of \(name) is relaxed"
    case .tears(let name): "\(name) is loaded and stored instead of exchanged"
    case .ignoresVersion(let name): "\(name) is compared without its version"
    case .omitsBarriers: "no barriers"
    case .omitsWakes(let name): "nobody is woken on \(name)"
    case .leavesOut(let step): "left out: \(step)"
    }
  }
}

extension Ordering {
  var acquires: Bool { self != .relaxed && self != .releasing }
  var releases: Bool { self != .relaxed && self != .acquiring }
}
