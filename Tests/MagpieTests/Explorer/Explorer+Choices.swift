@testable import Magpie

/// What may be done next, and which state that leads to.
extension Explorer {
  /// One of the ways in which a thread's access may come out.
  struct Option {
    var thread: Int
    var number: Int
    var state: UInt64
  }

  var state: UInt64 {
    var sum: UInt64 = 0
    for thread in 0..<threadCount { sum &+= share(thread, threads[thread].history, threads[thread].standing) }
    return sum
  }

  func share(_ thread: Int, _ history: UInt64, _ standing: Standing) -> UInt64 {
    mix(history &+ UInt64(thread) &* 0x9E37_79B9_7F4A_7C15 &+ (standing == .asleep ? 7 : 0))
  }

  /// What may be done next.
  var options: [Option] {
    let state = state
    var options: [Option] = []
    for thread in 0..<threadCount where threads[thread].standing == .pending {
      let rest = state &- share(thread, threads[thread].history, .pending)
      for number in 0..<optionCount(thread) {
        let step = step(thread, number)
        let history = fold(threads[thread].history, threads[thread].access, step)
        var after = rest &+ share(thread, history, step.sleeps ? .asleep : .pending)
        if step.wakes >= 0 {
          let woken = threads[step.wakes].history
          after = after &- share(step.wakes, woken, .asleep) &+ share(step.wakes, mix(woken), .pending)
        }
        if threads[thread].access.kind == .barrier {
          // It is part of what each has seen.
          after = share(thread, history, .pending)
          for other in 0..<threadCount where other != thread {
            after &+= share(other, mix(threads[other].history ^ history), threads[other].standing)
          }
        }
        options.append(Option(thread: thread, number: number, state: after))
      }
    }
    return options
  }

  /// What one option of an access comes to.
  struct Step {
    /// The value that is read, by its number.
    var read = 0
    var writes = false
    var sleeps = false
    var wakes = -1
  }

  func optionCount(_ thread: Int) -> Int {
    let access = threads[thread].access
    switch access.kind {
    case .load: return words[access.word].last - oldest(thread, access.word, access.ordering) + 1
    case .store, .change, .resume, .barrier: return 1
    case .compareExchange:
      var count = canExchange(access) ? 1 : 0
      if words[access.word].blocks { return count }
      for number in oldest(thread, access.word, access.failure)...words[access.word].last
      where value(access.word, number) != access.expected { count += 1 }
      return count
    case .wait: return access.mayTimeOut && isUnchanged(access) ? 2 : 1
    case .wake: return max(1, sleeperCount(access.word))
    }
  }

  func step(_ thread: Int, _ option: Int) -> Step {
    let access = threads[thread].access, last = words[access.word].last
    var step = Step(read: last)
    switch access.kind {
    case .load: step.read = last - option
    case .store, .change: step.writes = true
    case .resume, .barrier: break
    case .compareExchange:
      var left = option
      if canExchange(access) {
        if left == 0 {
          step.writes = true
          return step
        }
        left -= 1
      }
      while value(access.word, step.read) == access.expected || left > 0 {
        if value(access.word, step.read) != access.expected { left -= 1 }
        step.read -= 1
      }
    case .wait: step.sleeps = option == 0 && isUnchanged(access)
    case .wake:
      var left = option
      for other in 0..<threadCount where threads[other].standing == .asleep && threads[other].access.word == access.word
      {
        if left == 0 {
          step.wakes = other
          break
        }
        left -= 1
      }
    }
    return step
  }

  func fold(_ history: UInt64, _ access: Access, _ step: Step) -> UInt64 {
    let what = access.kind.rawValue | UInt64(access.word) << 8 | UInt64(step.read) << 16
    let more = (step.writes ? 1 : 0) | (step.sleeps ? 2 : 0) | UInt64(step.wakes + 1) << 2
    return mix(history ^ mix(what | more << 32))
  }

  func mix(_ number: UInt64) -> UInt64 {
    var z = number &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  func canExchange(_ access: Access) -> Bool {
    let mask = words[access.word].mask
    return value(access.word, words[access.word].last) & mask == access.expected & mask
  }

  func isUnchanged(_ access: Access) -> Bool { value(access.word, words[access.word].last) == access.expected }

  func sleeperCount(_ word: Int) -> Int {
    var count = 0
    for other in 0..<threadCount where threads[other].standing == .asleep && threads[other].access.word == word {
      count += 1
    }
    return count
  }
}
