import Glibc

@testable import Magpie

/// The steps by which a queue is tried, the easy ones first.
enum Rung: String, CaseIterable, Sendable {
  /// One thing goes in and comes out.
  case smoke
  /// Nothing goes in, and nothing comes out.
  case empty
  /// One puts, one takes.
  case pair
  /// Many put, all at one moment.
  case stampede
  /// Many put, as it comes.
  case stress
  /// One thing comes out though a flood of others goes on until it has, and two fibers that wake each other keep a processor.
  case starvation

  /// How many take, where somebody takes.
  var takers: Int { self == .stampede || self == .stress ? 4 : 1 }
}

/// A queue on the ladder.
struct Ladder {
  let queue: QueueUnderTest
  var configuration: Configuration

  /// Tries one rung on a runtime of its own, and looks at what is left of it.
  /// - Returns: what was wrong; nothing if all went well.
  func climb(_ rung: Rung) -> [String] {
    let items = Items(), queue = queue
    var findings: [String] = []
    let runtime = Runtime(configuration)
    do { try run(runtime) { Ladder.perform(rung, on: queue, items) } } catch { findings.append("\(error)") }
    // Where several take, or wait to put, their turns decide.
    findings += items.findings(isOrdered: queue.isOrdered && rung == .pair)
    return findings.isEmpty ? remains(of: runtime) : findings
  }

  private static func perform(_ rung: Rung, on queue: QueueUnderTest, _ items: Items) {
    let open = queue.open(rung.takers) { items.take($0) }
    let done = WaitGroup()
    func fibers(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      done.add(count)
      for number in 0..<count {
        spawn {
          body(number)
          done.done()
        }
      }
    }
    switch rung {
    case .empty: break
    case .smoke: open.put(items.next())
    case .pair: fibers(1) { _ in for _ in 0..<rounds(200) { open.put(items.next()) } }
    case .stampede:
      let gate = Channel<Void>()
      fibers(rounds(200)) { _ in
        _ = gate.receive()
        open.put(items.next())
      }
      for _ in 0..<20 { yield() }
      gate.close()
    case .stress:
      fibers(8) { number in
        var random = RandomSource(seed: UInt64(number))
        for _ in 0..<rounds(200) {
          open.put(items.next())
          switch random.below(40) {
          case 0..<10: yield()
          case 10: sleep(for: .microseconds(30))
          case 11: blocking { _ = usleep(10) }
          default: break
          }
        }
      }
    case .starvation:
      fibers(3) { _ in
        while !items.isLoneTaken {
          // No more than the queue can ever be behind: it is not the memory that is tried.
          if items.underWay < 100 { open.put(items.next()) }
          yield()
        }
      }
      fibers(1) { _ in
        while items.taken < 20 { yield() }
        open.put(items.nextLone())
      }
      let there = Channel<Bool>(), back = Channel<Bool>()
      fibers(1) { _ in while there.receive() == true { back.send(!items.isLoneTaken) } }
      fibers(1) { _ in
        var goesOn = true
        while goesOn {
          there.send(true)
          goesOn = back.receive()!
        }
        there.send(false)
      }
    }
    done.wait()
    open.end()
  }
}

/// What is left of a runtime whose run is over: nothing, if it is as it must be.
func remains(of runtime: Runtime) -> [String] {
  let scheduler = runtime.scheduler
  var remains: [String] = []
  func expectNone(_ count: Int, _ what: String) { if count != 0 { remains.append("\(count) \(what)") } }
  expectNone(runtime.fibersLive, "live fibers")
  let fibers = scheduler.locked.pointee.fiberCount
  expectNone((0..<fibers).count { scheduler.pointee.fibers[$0].pointee.place != .free }, "fibers that are not free")
  let kept = scheduler.allProcessors.reduce(0) {
    $0 + scheduler.processor($1).pointee.owned.pointee.freeStacks.count
  }
  expectNone(scheduler.pointee.stacks.taken - kept, "stacks in use")
  expectNone(scheduler.pointee.globalCount.load(ordering: .acquiring), "fibers in the global queue")
  for index in scheduler.allProcessors {
    let processor = scheduler.processor(index)
    if !processor.pointee.queue.isEmpty { remains.append("P\(index)'s queue is not empty") }
    expectNone(processor.pointee.timers.pointee.timers.count, "timers")
  }
  expectNone(scheduler.pointee.netpollWaiters.load(ordering: .acquiring), "fibers in the poller")
  expectNone(runtime.machineNotes.count { $0 != .ended }, "machines")
  return remains
}

/// What this process has that a runtime makes: threads of its names, and files of the poller's kinds. For a process of its own: other
/// tests have runtimes, too.
struct ProcessResources {
  let threads: Int
  let files: Int

  init() {
    threads = ProcessResources.entries("/proc/self/task").count { task in
      let name = ProcessResources.text { buffer, size in
        let file = Glibc.open("/proc/self/task/\(task)/comm", O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(file) }
        return read(file, buffer, size)
      }
      return name.hasPrefix("magpie-")
    }
    files = ProcessResources.entries("/proc/self/fd").count { file in
      let target = ProcessResources.text { readlink("/proc/self/fd/\(file)", $0, $1) }
      return ["anon_inode:[event", "pipe:", "socket:"].contains { target.hasPrefix($0) }
    }
  }

  private static func entries(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  private static func text(_ fill: (UnsafeMutablePointer<CChar>, Int) -> Int) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      let count = max(fill(buffer.baseAddress!, 256), 0)
      return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}
