import CKernel

@testable import Magpie

/// The memory that all executions share: which values a load may see, and which accesses race.
extension Explorer {
  func execute(_ option: Option) {
    let thread = option.thread, access = threads[thread].access, word = access.word
    let step = step(thread, option.number)
    threads[thread].history = fold(threads[thread].history, access, step)
    if access.kind == .barrier {
      for other in 0..<threadCount where other != thread {
        threads[other].history = mix(threads[other].history ^ threads[thread].history)
      }
    }
    let old = value(word, step.read)
    threads[thread].outcome = (old, step.writes)
    if isTelling { tell(thread, access, step) }
    switch access.kind {
    case .load: read(thread, word, step.read, access.ordering)
    case .store: write(thread, word, access.operand, access.ordering, after: nil)
    case .change: exchange(thread, word, changed(old, access), access.ordering)
    case .compareExchange:
      if step.writes {
        exchange(thread, word, access.operand, access.ordering)
      } else {
        read(thread, word, step.read, access.failure)
      }
    case .wait:
      if step.sleeps {
        threads[thread].standing = .asleep
        return
      }
      // The kernel has read it.
      read(thread, word, words[word].last, .relaxed)
    case .wake:
      if step.wakes >= 0 {
        let woken = step.wakes
        read(woken, word, words[word].last, .relaxed)
        threads[woken].history = mix(threads[woken].history)
        threads[woken].access.kind = .resume
        threads[woken].standing = .pending
      }
    case .barrier: if !isWithoutBarriers { raiseViews() }
    case .resume: break
    }
    view(thread)[Explorer.maxWords + thread] += 1
    resume(thread)
  }

  var isWithoutBarriers: Bool { if case .omitsBarriers = mutation { true } else { false } }

  /// No thread may read what is older than now.
  func raiseViews() {
    for thread in 0..<threadCount {
      for word in 0..<wordCount { view(thread)[word] = UInt16(words[word].last) }
    }
  }

  func exchange(_ thread: Int, _ word: Int, _ value: UInt64, _ ordering: Ordering) {
    let last = words[word].last
    read(thread, word, last, ordering)
    write(thread, word, value, ordering, after: last)
  }

  func read(_ thread: Int, _ word: Int, _ number: Int, _ ordering: Ordering) {
    let view = view(thread), place = word * Explorer.maxValues + number
    view[word] = max(view[word], UInt16(number))
    if ordering.acquires && isReleased[place] { join(view, released + place * Explorer.viewSize) }
    if ordering == .sequentiallyConsistent { words[word].newestSequential = max(words[word].newestSequential, number) }
  }

  /// - Parameter before: for a change, the value that it changes, whose view it hands on.
  func write(_ thread: Int, _ word: Int, _ value: UInt64, _ ordering: Ordering, after before: Int?) {
    let number = words[word].last + 1
    precondition(number < Explorer.maxValues, "too many values of one word")
    words[word].last = number
    let view = view(thread), place = word * Explorer.maxValues + number
    values[place] = value
    view[word] = UInt16(number)
    isReleased[place] = ordering.releases
    let target = released + place * Explorer.viewSize
    if ordering.releases {
      target.update(from: view, count: Explorer.viewSize)
    }
    if let before, isReleased[place - number + before] {
      let source = released + (place - number + before) * Explorer.viewSize
      if ordering.releases {
        join(target, source)
      } else {
        target.update(from: source, count: Explorer.viewSize)
        isReleased[place] = true
      }
    }
    if ordering == .sequentiallyConsistent { words[word].newestSequential = number }
  }

  func join(_ view: UnsafeMutablePointer<UInt16>, _ other: UnsafeMutablePointer<UInt16>) {
    var index = 0
    while index < wordCount {
      if other[index] > view[index] { view[index] = other[index] }
      index += 1
    }
    index = Explorer.maxWords
    while index < Explorer.maxWords + threadCount {
      if other[index] > view[index] { view[index] = other[index] }
      index += 1
    }
  }

  /// The oldest value that a thread may read, by its number.
  func oldest(_ thread: Int, _ word: Int, _ ordering: Ordering) -> Int {
    let seen = Int(view(thread)[word])
    return ordering == .sequentiallyConsistent ? max(seen, words[word].newestSequential) : seen
  }

  func changed(_ old: UInt64, _ access: Access) -> UInt64 {
    switch access.change {
    case .exchange: access.operand
    case .add: (old &+ access.operand) & access.mask
    case .subtract: (old &- access.operand) & access.mask
    case .or: old | access.operand
    case .and: old & access.operand
    }
  }

  func value(_ word: Int, _ number: Int) -> UInt64 { values[word * Explorer.maxValues + number] }
  func view(_ thread: Int) -> UnsafeMutablePointer<UInt16> { views + thread * Explorer.viewSize }

  func context(_ thread: Int) -> UnsafeMutablePointer<ck_context> {
    let offset = MemoryLayout<Thread>.offset(of: \.context)!
    return (UnsafeMutableRawPointer(threads + thread) + offset).assumingMemoryBound(to: ck_context.self)
  }
}
