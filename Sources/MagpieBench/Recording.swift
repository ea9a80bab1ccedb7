import Magpie
import MagpieSession
import MagpieTrace

/// The events of a traced run, all of them, in causal order and in memory.
struct Recording: Sendable {
  let processors: Int
  private(set) var events: [Event] = []
  /// By number, from 1 on.
  private(set) var strings: [String] = []

  /// Runs `body` on a runtime of its own, and records it to its end.
  init(processors: Int, ringCapacity: Int = 16_384, _ body: @escaping @Sendable () -> Void) throws(BenchmarkError) {
    self.processors = processors
    var configuration = Configuration(processors: processors)
    var trace = TraceConfiguration()
    trace.ringCapacity = ringCapacity
    configuration.trace = trace
    let runtime = Runtime(configuration)
    let failures = Collected<BenchmarkError>()
    let program = BackgroundThread("magpie-run") {
      do throws(RuntimeError) { try runtime.run(body) } catch { failures.add(BenchmarkError(error)) }
    }
    guard let program else { throw .limit(.thread(for: .run)) }
    let waiting = record(runtime)
    program.join()
    strings = runtime.strings.strings(from: 1)
    if let failure = failures.values.first { throw failure }
    if waiting > 0 { throw .disordered(waiting) }
  }

  /// A run in which one fiber floods its processor with short ones, of at least so many events.
  static func fanOut(processors: Int, events: Int) throws(BenchmarkError) -> Recording {
    // Created, put, displaced or pushed, found, taken, started, ended: seven at least for a fiber.
    let recording = try Recording(processors: processors) {
      for _ in 0..<events / 7 + 1 { spawn(name: "task") {} }
    }
    guard recording.events.count >= events else {
      throw .count(.eventsRecorded, found: recording.events.count, expected: events)
    }
    return recording
  }

  /// A run in which a thousand short fibers at a time come and go: few live, however long it is and however slow the machine.
  static func batches(processors: Int, events: Int) throws(BenchmarkError) -> Recording {
    try Recording(processors: processors) {
      for _ in 0..<events / 7_000 + 1 {
        let left = WaitGroup()
        left.add(1_000)
        for _ in 0..<1_000 { spawn(name: "task") { left.done() } }
        left.wait()
      }
    }
  }

  /// A run of many fibers that take turns while all of them live; half of them wait at last.
  static func crowd(processors: Int, fibers: Int, turns: Int) throws(BenchmarkError) -> Recording {
    try Recording(processors: processors, ringCapacity: 2048) {
      let gate = Channel<Void>()
      let ready = WaitGroup()
      ready.add(fibers)
      for number in 0..<fibers {
        spawn(name: "crowd") {
          ready.done()
          if number % 2 == 0 { _ = gate.receive() }
          ready.wait()
          for _ in 0..<turns { yield() }
        }
      }
      ready.wait()
      gate.close()
    }
  }

  /// - Returns: how many events could not be put in order.
  private mutating func record(_ runtime: Runtime) -> Int {
    var merge = Merge()
    var positions: [UInt64] = []
    while true {
      let isDone = runtime.hasEnded && runtime.areMachinesDone
      var count = 0
      for (machine, ring) in runtime.rings.enumerated() {
        if machine == positions.count { positions.append(0) }
        guard ring.published > positions[machine] else { continue }
        let reading = ring.read(from: positions[machine], into: merge.reserve(machine: machine, count: 8192))
        merge.commit(machine: machine, count: reading.count)
        positions[machine] = reading.next
        count += reading.count
        runtime.didRead(machine: machine, to: reading.next)
      }
      while let event = merge.next() { events.append(event) }
      if count > 0 { continue }
      if isDone { return merge.waiting }
      runtime.waitForFullRing(atMost: 1_000_000)
    }
  }
}
