import CKernel
import Glibc
import Testing

@testable import Magpie

/// Runs a few small threads in every interleaving, and each load with every value that it may return.
///
/// The threads are contexts of one kernel thread. Before each access they switch to the explorer, which chooses who goes on. It
/// goes into the depth, and begins anew for each choice that is left. What a thread does is settled by what it read, so
/// what all have read and written so far tells the state; a state that was explored is not entered again, but the
/// interleavings that go on from it are counted.
///
/// So what threads note for the end must be each one's own, or be kept in words.
final class Explorer {
  static nonisolated(unsafe) var current: Explorer!
  /// Larger sizes, which take minutes: MAGPIE_EXPLORE=1.
  static let isThorough = getenv("MAGPIE_EXPLORE") != nil
  /// All threads are one kernel thread's, of which ThreadSanitizer learns nothing.
  static let isWorthwhile: ConditionTrait = .disabled(if: ck_under_tsan(), "one kernel thread has no races")

  /// Something that must not happen, and how it came about.
  struct Failure: CustomStringConvertible {
    var text: String
    var steps: [String]
    var description: String { ([text] + steps.map { "    " + $0 }).joined(separator: "\n") }
  }

  struct Result: CustomStringConvertible {
    var states = 0
    /// From the first access to the last, all choices counted.
    var interleavings = 0.0
    /// How often it began anew.
    var executions = 0
    var failure: Failure?

    var description: String {
      let count = interleavings < 1e6 ? "\(Int(interleavings))" : "10^\(Int(log10(interleavings)))"
      return "\(count) interleavings, \(states) states, \(executions) executions"
    }
  }

  /// How a thread stands.
  enum Standing {
    case pending, running, asleep, finished
  }

  struct Thread {
    var name: String
    var body: () -> Void
    var context = ck_context()
    var standing = Standing.running
    var access = Access(.resume, 0, .relaxed)
    var outcome = (value: UInt64(0), exchanged: false)
    /// All that it has read and written, in short.
    var history: UInt64
    var steps = 0
  }

  struct WordState {
    var name: StaticString
    var last = 0
    var newestSequential = 0
    var torn = false
    var isSilent = false
    var blocks = false
    var mask = UInt64.max
    // What is weaker than it was written, by `Access.Kind`.
    var weakened: [(kind: Access.Kind, ordering: Ordering)] = []
    // Who wrote to plain memory last, and until when each thread has read it.
    var writer = -1
    var written: UInt16 = 0
  }

  static let maxWords = 64
  static let maxThreads = 4
  /// Values that a word may have, one after the other.
  static let maxValues = 64
  static let maxSteps = 300
  /// A view: for each word the oldest value that may be read, and how far each thread has been seen.
  static let viewSize = maxWords + maxThreads
  static let stackSize = 256 * 1024

  let slotCount: UInt32
  let mutation: Mutation?
  let locksBlock: Bool
  let setUp: (Explorer) -> Void
  let stateLimit: Int

  var main = ck_context()
  let mainContext = UnsafeMutablePointer<ck_context>.allocate(capacity: 1)
  let threads = UnsafeMutablePointer<Thread>.allocate(capacity: maxThreads)
  var threadCount = 0
  let words = UnsafeMutablePointer<WordState>.allocate(capacity: maxWords)
  var wordCount = 0
  let values = UnsafeMutablePointer<UInt64>.allocate(capacity: maxWords * maxValues)
  let isReleased = UnsafeMutablePointer<Bool>.allocate(capacity: maxWords * maxValues)
  let released = UnsafeMutablePointer<UInt16>.allocate(capacity: maxWords * maxValues * viewSize)
  let views = UnsafeMutablePointer<UInt16>.allocate(capacity: maxThreads * viewSize)
  let reads = UnsafeMutablePointer<UInt16>.allocate(capacity: maxWords * maxThreads)
  let stacks = UnsafeMutableRawPointer.allocate(byteCount: maxThreads * stackSize, alignment: 4096)

  /// The thread that runs, or -1: the explorer itself.
  var running = -1
  var check: (() -> Void)?
  var releases: [() -> Void] = []
  var failure: String?
  var isTelling = false
  var told: [String] = []
  var visited: [UInt64: Double] = [:]

  private init(
    slotCount: UInt32, mutation: Mutation?, locksBlock: Bool, stateLimit: Int, _ setUp: @escaping (Explorer) -> Void
  ) {
    self.slotCount = slotCount
    self.locksBlock = locksBlock
    self.mutation = mutation
    self.setUp = setUp
    self.stateLimit = stateLimit
    threads.initialize(repeating: Thread(name: "", body: {}, history: 0), count: Explorer.maxThreads)
    words.initialize(repeating: WordState(name: ""), count: Explorer.maxWords)
  }

  deinit {
    for index in 0..<Explorer.maxThreads { ck_context_destroy(context(index)) }
    threads.deinitialize(count: Explorer.maxThreads)
    threads.deallocate()
    words.deinitialize(count: Explorer.maxWords)
    words.deallocate()
    mainContext.deallocate()
    values.deallocate()
    isReleased.deallocate()
    released.deallocate()
    views.deallocate()
    reads.deallocate()
    stacks.deallocate()
  }

  /// Tries everything.
  /// - Parameters:
  ///   - locksBlock: who wants a lock goes on only when it is free, instead of trying and sleeping: the lock is explored by itself.
  ///   - setUp: makes the words and the threads, each time anew and in the same order.
  static func explore(
    slotCount: UInt32 = 4, mutation: Mutation? = nil, locksBlock: Bool = false, stateLimit: Int = 4_000_000,
    _ setUp: @escaping (Explorer) -> Void
  ) -> Result {
    let explorer = Explorer(
      slotCount: slotCount, mutation: mutation, locksBlock: locksBlock, stateLimit: stateLimit, setUp)
    current = explorer
    defer { current = nil }
    return explorer.run()
  }

  // MARK: What a test says

  /// Puts something with words in it into memory, for as long as an execution lasts.
  func make<Value: ~Copyable>(_ value: consuming Value) -> UnsafeMutablePointer<Value> {
    let pointer = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    pointer.initialize(to: value)
    releases.append {
      pointer.deinitialize(count: 1)
      pointer.deallocate()
    }
    return pointer
  }

  func thread(_ name: String, _ body: @escaping () -> Void) {
    precondition(threadCount < Explorer.maxThreads)
    threads[threadCount].name = name
    threads[threadCount].body = body
    threadCount += 1
  }

  /// What is looked at when nobody can go on. Its loads see the last values.
  func atEnd(_ check: @escaping () -> Void) { self.check = check }

  /// At the end: whether a thread sleeps for ever.
  func isAsleep(_ name: String) -> Bool {
    (0..<threadCount).contains { threads[$0].name == name && threads[$0].standing == .asleep }
  }

  var isAnybodyAsleep: Bool { (0..<threadCount).contains { threads[$0].standing == .asleep } }

  func expect(_ condition: Bool, _ text: @autoclosure () -> String) { if !condition { fail(text()) } }

  /// The execution is over: this must not happen.
  func fail(_ text: String) {
    if failure == nil { failure = text }
    guard running >= 0 else { return }
    let thread = running
    switchToExplorer(thread)
  }

  // MARK: What threads do

  func addWord(_ name: StaticString, _ value: UInt64) -> Int {
    precondition(running < 0 && wordCount < Explorer.maxWords, "words are made before the threads begin")
    let word = wordCount
    wordCount += 1
    var state = WordState(name: name)
    state.blocks = locksBlock && name.description == "lock"
    if let mutation {
      switch mutation {
      case .weakens(name.description, let kind, let ordering): state.weakened = [(kind, ordering)]
      case .relaxes(name.description):
        state.weakened = [.load, .store, .change, .compareExchange].map { ($0, .relaxed) }
      case .tears(name.description): state.torn = true
      case .ignoresVersion(name.description): state.mask = 0xFFFF_FFFF
      case .omitsWakes(name.description): state.isSilent = true
      default: break
      }
    }
    words[word] = state
    values[word * Explorer.maxValues] = value
    isReleased[word * Explorer.maxValues] = false
    for thread in 0..<Explorer.maxThreads { reads[word * Explorer.maxThreads + thread] = 0 }
    return word
  }

  func tears(_ word: Int) -> Bool { words[word].torn }
  func omitsWakes(_ word: Int) -> Bool { words[word].isSilent }

  /// Whether a protocol goes on without a step of its own, to see that it is missed.
  func leavesOut(_ step: String) -> Bool { if case .leavesOut(step) = mutation { true } else { false } }

  func access(_ access: Access) -> (value: UInt64, exchanged: Bool) {
    guard running >= 0 else { return accessAlone(access) }
    let thread = running
    threads[thread].access = access
    for (kind, ordering) in words[access.word].weakened where kind == access.kind {
      threads[thread].access.ordering = ordering
      threads[thread].access.failure = .relaxed
    }
    threads[thread].standing = .pending
    threads[thread].steps += 1
    if threads[thread].steps > Explorer.maxSteps { fail("\(threads[thread].name) never ends") }
    switchToExplorer(thread)
    return threads[thread].outcome
  }

  /// Before the threads begin and after they have ended.
  func accessAlone(_ access: Access) -> (value: UInt64, exchanged: Bool) {
    let place = access.word * Explorer.maxValues + words[access.word].last
    let old = values[place]
    switch access.kind {
    case .load, .wait, .wake, .resume, .barrier: break
    case .store: values[place] = access.operand
    case .change: values[place] = changed(old, access)
    case .compareExchange:
      guard old == access.expected else { return (old, false) }
      values[place] = access.operand
    }
    return (old, true)
  }

  func touch(_ word: Int, writes: Bool) {
    guard running >= 0 else { return }
    let thread = running, view = view(thread) + Explorer.maxWords
    let reads = reads + word * Explorer.maxThreads
    if words[word].writer >= 0, words[word].written > view[words[word].writer] {
      return fail(
        "\(threads[thread].name) \(writes ? "writes" : "reads") \(words[word].name) while "
          + "\(threads[words[word].writer].name) writes it")
    }
    if writes {
      for other in 0..<threadCount where other != thread && reads[other] > view[other] {
        return fail("\(threads[thread].name) writes \(words[word].name) while \(threads[other].name) reads it")
      }
      words[word].writer = thread
      words[word].written = view[thread]
    } else {
      reads[thread] = view[thread]
    }
  }

  func switchToExplorer(_ thread: Int) {
    running = -1
    ck_switch(context(thread), mainContext)
  }
}
