import CKernel
import Magpie
import MagpieSession
import MagpieTrace

/// Measures what recording one event costs the machine that does it, through the runtime's own path: the gate, the counter's
/// reading, the record, the cursor.
struct TraceBenchmark {
  private let operations: Int
  private let repetitions: Int

  init(_ request: BenchmarkRequest) {
    operations = request.operations ?? 10_000_000
    repetitions = request.repetitions
  }

  func run(report: (BenchmarkRow) -> Void) throws(BenchmarkError) {
    // The first run of a process pays for what is touched for the first time.
    _ = try emission(isRead: false)
    for _ in 0..<repetitions {
      let reference = Reference.nanoseconds()
      let counter = try counterReading()
      let unread = try emission(isRead: false)
      let read = try emission(isRead: true)
      var row = BenchmarkRow("trace")
      row.add("ops", operations)
      row.add("ns_per_op", unread)
      row.add("ns_per_op_read", read)
      row.add("ns_counter_read", counter)
      row.add("reference_ns", reference)
      report(row)
    }
  }

  /// Nanoseconds that a bare reading of the counter takes.
  private func counterReading() throws(BenchmarkError) -> Double {
    var sum: UInt64 = 0
    let begin = ck_thread_cpu_ns()
    for _ in 0..<operations { sum &+= ck_counter() }
    let end = ck_thread_cpu_ns()
    guard sum != 0 else { throw .counterStands }
    return Double(end - begin) / Double(operations)
  }

  /// Nanoseconds that an event takes, with nobody reading; or real ones with a reader for whom the machine waits, if need be.
  private func emission(isRead: Bool) throws(BenchmarkError) -> Double {
    var configuration = Configuration(processors: 1)
    var trace = TraceConfiguration()
    trace.isLossless = isRead
    configuration.trace = trace
    let runtime = Runtime(configuration)
    let reader = isRead ? BackgroundThread("magpie-reader") { TraceBenchmark.drain(runtime) } : nil
    let emissions = Collected<(nanoseconds: UInt64, events: Int)>()
    let operations = operations
    do {
      try runtime.run {
        let before = runtime.rings.reduce(0) { $0 + $1.published }
        let begin = isRead ? ck_monotonic_ns() : ck_thread_cpu_ns()
        TraceProbe.emit(operations)
        let end = isRead ? ck_monotonic_ns() : ck_thread_cpu_ns()
        emissions.add((end - begin, Int(runtime.rings.reduce(0) { $0 + $1.published } - before)))
      }
    } catch {
      throw BenchmarkError(error)
    }
    reader?.join()
    guard let emission = emissions.values.first else { throw .unfinished }
    guard emission.events >= operations else {
      throw .count(.eventsRecorded, found: emission.events, expected: operations)
    }
    return Double(emission.nanoseconds) / Double(operations)
  }

  /// Reads all rings as fast as they are written.
  private static func drain(_ runtime: Runtime) {
    var positions: [UInt64] = []
    let buffer = UnsafeMutableBufferPointer<Event>.allocate(capacity: 8192)
    defer { buffer.deallocate() }
    while !runtime.hasEnded {
      var count = 0
      for (machine, ring) in runtime.rings.enumerated() {
        if machine == positions.count { positions.append(0) }
        let reading = ring.read(from: positions[machine], into: buffer)
        positions[machine] = reading.next
        count += reading.count
        if reading.count > 0 { runtime.didRead(machine: machine, to: reading.next) }
      }
      if count == 0 { runtime.waitForFullRing(atMost: 100_000) }
    }
  }
}
