import CKernel
import Glibc
import Magpie
import MagpieTrace
import MagpieView

/// What changing from one task to another takes, both on one CPU: processes and threads that pass a turn to each other through two
/// pipes or a futex, or that yield; fibers that yield, or pass it through two channels.
///
/// In CPU time of both: what else this computer does meanwhile does not count.
enum SwitchExperiment: LabExperiment {
  static let claim = LabClaim.contextSwitch

  private enum Means: String, CaseIterable {
    case pipe, futex, yield, channel
  }

  static func cases(isSmall: Bool) -> [LabCase] {
    let means: [(Era, [Means])] = [
      (.processes, [.pipe, .futex, .yield]), (.threads, [.pipe, .futex, .yield]), (.mpn, [.channel, .yield]),
    ]
    return means.flatMap { era, means in
      means.map { means in
        let rounds = isSmall ? 500 : era == .mpn ? 300_000 : 10_000
        return LabCase(
          words: [era.rawValue, means.rawValue, "\(rounds)"],
          rows: [LabSubject(era, means.rawValue, at: 2, .nanoseconds)])
      }
    }
  }

  static func findings(_ rows: LabTable) -> [LabFinding] {
    func time(_ era: Era, _ means: Means) -> Double? { rows.value(era, means.rawValue, at: 2) }
    // "About" is up to three times as much.
    return [
      LabFinding(.threadSwitch, time(.threads, .futex), .atMost(3000), .nanoseconds),
      LabFinding(.fiberSwitch, time(.mpn, .channel), .atMost(600), .nanoseconds),
      LabFinding(
        .fiberSwitchSaves, LabTable.ratio(time(.mpn, .channel), time(.threads, .futex)).map { (1 - $0) * 100 },
        .atLeast(80), .percent),
      LabFinding(
        .processSwitch, LabTable.ratio(time(.processes, .futex), time(.threads, .futex)), .atLeast(1.05)),
    ]
  }

  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double] {
    let era = try words.era(0), rounds = try words.number(2)
    guard let means = Means(rawValue: try words.word(1)) else { throw .failed(.misunderstood) }
    guard ck_pin_to_cpu(0) == 0 else { throw .failed(.cannotStayOnCPU) }
    return [era == .mpn ? try fibers(means, rounds) : try kernelTasks(era, means, rounds)]
  }

  // MARK: Processes and threads

  /// What two sides pass the turn with.
  private struct Line: Sendable {
    /// Whose turn it is; how often it changed hands by yielding; 1 once it is over.
    let words: SharedWords
    /// From side 0 to side 1, and back.
    let pipes: [[Int32]]

    init(isBetweenProcesses: Bool) throws(LabObstacle) {
      words = try SharedWords(3, isBetweenProcesses: isBetweenProcesses)
      var pipes: [[Int32]] = []
      for _ in 0..<2 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .failed(.noPipe(SystemError(number: errno))) }
        pipes.append(ends)
      }
      self.pipes = pipes
    }

    /// Passes the turn on and waits for it; side 1 waits first.
    func pass(_ means: Means, side: Int, rounds: Int) {
      for _ in 0..<rounds {
        if side == 1 { take(means, side) }
        give(means, side)
        if side == 0 { take(means, side) }
      }
    }

    private func give(_ means: Means, _ side: Int) {
      var byte: UInt8 = 1
      if means == .pipe {
        _ = write(pipes[side][1], &byte, 1)
      } else {
        words.store(0, UInt32(1 - side))
        words.wake(0)
      }
    }

    private func take(_ means: Means, _ side: Int) {
      var byte: UInt8 = 0
      if means == .pipe {
        _ = read(pipes[1 - side][0], &byte, 1)
      } else {
        words.wait(0, until: UInt32(side))
      }
    }

    /// Yields until the turn has changed hands so often that it is over: the kernel may well let the same one go on.
    func yield(side: Int, rounds: Int) {
      while words.load(2) == 0 {
        if words.load(0) != UInt32(side) {
          words.store(0, UInt32(side))
          if words.add(1) >= UInt32(2 * rounds) { words.store(2, 1) }
        }
        sched_yield()
      }
    }

    func run(_ means: Means, side: Int, rounds: Int) {
      means == .yield ? yield(side: side, rounds: rounds) : pass(means, side: side, rounds: rounds)
    }
  }

  private static func kernelTasks(_ era: Era, _ means: Means, _ rounds: Int) throws(LabObstacle) -> Double {
    let line = try Line(isBetweenProcesses: era == .processes)
    let begin: UInt64, end: UInt64
    if era == .threads {
      let other = try PlainThread { line.run(means, side: 1, rounds: rounds) }
      begin = ck_process_cpu_ns()
      line.run(means, side: 0, rounds: rounds)
      other.join()
      end = ck_process_cpu_ns()
      return Double(end - begin) / Double(2 * rounds)
    }
    let child = try ChildProcess {
      // Warmed up, and waited for, before the clock is read.
      if means != .yield { line.pass(means, side: 1, rounds: rounds / 10) }
      line.run(means, side: 1, rounds: rounds)
      while true { pause() }
    }
    defer {
      child.kill()
      child.reap()
    }
    if means != .yield { line.pass(means, side: 0, rounds: rounds / 10) }
    let before = child.cpu
    begin = ck_thread_cpu_ns()
    line.run(means, side: 0, rounds: rounds)
    end = ck_thread_cpu_ns()
    return Double(end - begin + child.cpu - before) / Double(2 * rounds)
  }

  // MARK: Fibers

  private static func fibers(_ means: Means, _ rounds: Int) throws(LabObstacle) -> Double {
    let times = Collected<UInt64>()
    do {
      try Runtime(Configuration(processors: 1)).run {
        if means == .yield {
          // Two that yield to each other.
          spawn { for _ in 0..<rounds { yield() } }
          let begin = ck_process_cpu_ns()
          for _ in 0..<rounds { yield() }
          times.add(ck_process_cpu_ns() - begin)
        } else {
          let there = Channel<Void>(), back = Channel<Void>()
          spawn {
            while there.receive() != nil { back.send(()) }
          }
          for _ in 0..<rounds / 10 { pass(there, back) }
          let begin = ck_process_cpu_ns()
          for _ in 0..<rounds { pass(there, back) }
          times.add(ck_process_cpu_ns() - begin)
          there.close()
        }
      }
    } catch {
      throw .failed(LabFailure(error))
    }
    guard let time = times.values.first else { throw .failed(.nothingRan) }
    return Double(time) / Double(2 * rounds)
  }

  private static func pass(_ there: Channel<Void>, _ back: Channel<Void>) {
    there.send(())
    _ = back.receive()
  }
}
