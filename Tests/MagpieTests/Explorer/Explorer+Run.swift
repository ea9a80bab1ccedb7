import CKernel

@testable import Magpie

/// Going through all executions: into the depth, and anew for each choice that is left.
extension Explorer {
  /// A state of the present execution, and what can be done there that leads to states not yet explored.
  struct Node {
    var state: UInt64
    var options: [Option]
    var next = 0
    var count = 0.0
  }

  func run() -> Result {
    ck_context_adopt_thread(mainContext)
    var result = Result(), path: [Node] = []
    repeat {
      result.executions += 1
      begin()
      for node in path where failure == nil { execute(node.options[node.next]) }
      var count = 1.0
      while failure == nil {
        let state = state
        let options = options
        if options.isEmpty {
          count = end()
          visited[state] = count
          break
        }
        var node = Node(state: state, options: [])
        for option in options {
          if let known = visited[option.state] { node.count += known } else { node.options.append(option) }
        }
        if node.options.isEmpty {
          count = node.count
          visited[state] = count
          break
        }
        path.append(node)
        execute(node.options[0])
      }
      if failure != nil {
        result.failure = tell(path)
        return result
      }
      finish()
      while let last = path.indices.last {
        path[last].count += count
        path[last].next += 1
        while path[last].next < path[last].options.count, let known = visited[path[last].options[path[last].next].state]
        {
          path[last].count += known
          path[last].next += 1
        }
        if path[last].next < path[last].options.count { break }
        count = path[last].count
        visited[path[last].state] = count
        path.removeLast()
      }
      precondition(visited.count < stateLimit, "too many states: make it smaller")
      if path.isEmpty { result.interleavings = count }
    } while !path.isEmpty
    result.states = visited.count
    return result
  }

  /// Makes words and threads, and lets each thread run to its first access.
  func begin() {
    threadCount = 0
    wordCount = 0
    failure = nil
    check = nil
    running = -1
    setUp(self)
    for thread in 0..<threadCount {
      let view = view(thread)
      for index in 0..<Explorer.viewSize { view[index] = 0 }
      view[Explorer.maxWords + thread] = 1
      threads[thread].history = UInt64(thread + 1)
      threads[thread].steps = 0
      if ck_under_tsan() { ck_context_destroy(context(thread)) }
      ck_context_make(
        context(thread), stacks + thread * Explorer.stackSize, Explorer.stackSize,
        { _ in Explorer.current.runThread() }, nil)
    }
    for thread in 0..<threadCount where failure == nil { resume(thread) }
  }

  func runThread() {
    let thread = running
    threads[thread].body()
    threads[thread].standing = .finished
    switchToExplorer(thread)
  }

  func resume(_ thread: Int) {
    threads[thread].standing = .running
    running = thread
    ck_switch(mainContext, context(thread))
  }

  /// Nobody can go on. - Returns: 0 if somebody sleeps who would wake by himself: that is another execution.
  func end() -> Double {
    for thread in 0..<threadCount where threads[thread].standing == .pending {
      fail("\(threads[thread].name) waits for a lock for ever")
      return 1
    }
    for thread in 0..<threadCount where threads[thread].standing == .asleep && threads[thread].access.mayTimeOut {
      return 0
    }
    check?()
    return 1
  }

  func finish() {
    for release in releases { release() }
    releases.removeAll(keepingCapacity: true)
  }
}
