import CKernel
import Glibc
import Magpie

extension CreateExperiment {
  /// Of words that tasks share: how many are there, and 1 once they are to go.
  private static let present = 0, gate = 1

  /// - Parameter times: what the times are added to.
  static func processes(_ count: Int, _ times: inout Times) throws(LabObstacle) {
    let words = try SharedWords(2, isBetweenProcesses: true)
    var children: [ChildProcess] = []
    children.reserveCapacity(count)
    let begin = ck_thread_cpu_ns()
    while children.count < count {
      do throws(LabObstacle) {
        children.append(
          try ChildProcess {
            if words.add(present) == UInt32(count) { words.wake(present) }
            words.wait(gate, until: 1)
          })
      } catch {
        for child in children { child.kill() }
        for child in children { child.reap() }
        throw error.after(children.count, of: count)
      }
    }
    words.wait(present, until: UInt32(count))
    let middle = ck_thread_cpu_ns()
    let born = Double(children.reduce(0) { $0 + $1.cpu }), lived = ChildProcess.reapedCPU
    let resumed = ck_thread_cpu_ns()
    words.store(gate, 1)
    words.wake(gate)
    for child in children { child.reap() }
    let end = ck_thread_cpu_ns()
    times.create += Double(middle - begin) + born
    times.destroy += Double(end - resumed) + ChildProcess.reapedCPU - lived - born
  }

  static func threads(_ count: Int, _ times: inout Times) throws(LabObstacle) {
    let words = try SharedWords(2, isBetweenProcesses: false)
    var threads: [PlainThread] = []
    threads.reserveCapacity(count)
    defer {
      for thread in threads { thread.join() }
    }
    let begin = ck_process_cpu_ns()
    for _ in 0..<count {
      do throws(LabObstacle) {
        threads.append(
          try PlainThread {
            if words.add(present) == UInt32(count) { words.wake(present) }
            words.wait(gate, until: 1)
          })
      } catch {
        words.store(gate, 1)
        words.wake(gate)
        throw error.after(threads.count, of: count)
      }
    }
    words.wait(present, until: UInt32(count))
    let middle = ck_process_cpu_ns()
    words.store(gate, 1)
    words.wake(gate)
    for thread in threads { thread.join() }
    threads = []
    let end = ck_process_cpu_ns()
    times.create += Double(middle - begin)
    times.destroy += Double(end - middle)
  }

  static func fibers(_ count: Int, batches: Int) throws(LabObstacle) -> Times {
    let done = Collected<Times>()
    do {
      try Runtime(Configuration(processors: 1)).run {
        var times = Times()
        batch(of: count, &times)
        times = Times()
        for _ in 0..<batches { batch(of: count, &times) }
        done.add(times)
      }
    } catch {
      throw .failed(LabFailure(error))
    }
    guard let times = done.values.first else { throw .failed(.nothingRan) }
    return times
  }

  /// On a fiber.
  private static func batch(of count: Int, _ times: inout Times) {
    let present = WaitGroup(), gone = WaitGroup(), gate = Channel<Void>()
    present.add(count)
    gone.add(count)
    let begin = ck_process_cpu_ns()
    for _ in 0..<count {
      spawn {
        present.done()
        _ = gate.receive()
        gone.done()
      }
    }
    present.wait()
    let middle = ck_process_cpu_ns()
    gate.close()
    gone.wait()
    let end = ck_process_cpu_ns()
    times.create += Double(middle - begin)
    times.destroy += Double(end - middle)
  }
}
