public import Magpie

/// The default demo: within a second everything that a scheduler does happens once, and then again, at a pace that eyes follow.
///
/// - `clock` ticks ten times a second until the length is over;
/// - `reader`s block in system calls, so that their processors change hands, and send what they read over a channel;
/// - `worker`s receive it, compute, and write it down under one mutex;
/// - `crew` spawns a handful of tasks again and again and waits for them, and idle processors steal them;
/// - `flood` spawns hundreds, twice, so that its local queue overflows into the global one.
public struct Tour: Scenario {
  public static let name = "tour"
  public static let text = "a bit of everything, at a pace that eyes follow: the default demo"
  public static let waitsForLater = true
  public static let chineseText = "样样都有一点，快慢适合眼睛：默认的演示"
  public static let parameters: [Parameter] = [
    .duration(
      "length", "how long it goes on", zh: "持续多久", default: .seconds(8), in: .milliseconds(10) ... .seconds(3600),
      small: .milliseconds(200)),
    .integer("readers", "tasks that block in system calls", zh: "在系统调用中阻塞的任务数", default: 2, in: 0...1000, small: 2),
    .integer("workers", "tasks that take what was read", zh: "接收所读内容的任务数", default: 3, in: 1...1000, small: 2),
    .integer("crew", "tasks that a crew has", zh: "一个班组的任务数", default: 14, in: 0...10_000, small: 6),
    .integer("flood", "tasks of a flood", zh: "一波洪流的任务数", default: 360, in: 0...100_000, small: 290),
    .duration(
      "read", "the longest blocking call", zh: "最长的阻塞调用", default: .milliseconds(48),
      in: .microseconds(10) ... .seconds(10),
      small: .microseconds(500)),
  ]
  public static let processors: Int? = 4

  public struct Shared: BitwiseCopyable, Sendable {
    let spawned, finished, read, handled: Counter
    let isOver, written: Cell
    let lines: ChannelHandle
    let log: MutexHandle
    let reading, crewing, flooding: WaitGroupHandle
  }

  let length, longestRead: Duration
  let readers, workers, crew, flood: Int

  public init(_ values: ParameterValues) throws(ScenarioError) {
    length = values.duration("length")
    readers = values.integer("readers")
    workers = values.integer("workers")
    crew = values.integer("crew")
    flood = values.integer("flood")
    longestRead = values.duration("read")
  }

  public func share<System: TaskSystem>(on system: System) -> Shared {
    Shared(
      spawned: system.makeCounter(), finished: system.makeCounter(), read: system.makeCounter(),
      handled: system.makeCounter(), isOver: system.makeCell(0), written: system.makeCell(0),
      lines: system.makeChannel(capacity: 4), log: system.makeMutex(), reading: system.makeWaitGroup(),
      crewing: system.makeWaitGroup(), flooding: system.makeWaitGroup())
  }

  public func root<System: TaskSystem>(on system: System, _ shared: Shared) {
    system.add(readers, to: shared.reading)
    for _ in 0..<workers { start("worker", on: system, shared) { work(on: system, shared) } }
    for reader in 0..<readers { start("reader", on: system, shared) { read(reader, on: system, shared) } }
    start("crew", on: system, shared) { callCrews(on: system, shared) }
    start("flood", on: system, shared) { sendFloods(on: system, shared) }
    start("clock", on: system, shared) { tick(on: system, shared) }
  }

  public func check<System: TaskSystem>(on system: System, _ shared: Shared, complete: Bool) -> ScenarioResult {
    let finished = system.value(of: shared.finished), spawned = system.value(of: shared.spawned)
    let handled = system.value(of: shared.handled), read = system.value(of: shared.read)
    let written = system.load(shared.written)
    let ok =
      complete
      ? finished == spawned && handled == read && written == read && system.load(shared.isOver) == 1
      : finished <= spawned && handled <= read && written <= read
    return ScenarioResult(ok: ok, ["spawned": spawned, "finished": finished, "read": read, "handled": handled])
  }
}
