import MagpieEras
import MagpieModel
import MagpieTrace

/// Reads the log of a program whose tasks the kernel schedules, which is in order already, and appends it to a history with what the
/// kernel says of the tasks; on a thread of its own. It loses nothing: whoever finds the log full waits.
final class KernelCollector {
  private let program: KernelProgram
  private let history: SharedHistory
  private let onEvents: (@Sendable (inout History, ClosedRange<Int>) -> Void)?
  private let sampler: KernelSampler
  private var hash = TraceHash()
  private var definedStrings = 1
  private(set) var emitted = 0

  private static let eventsARead = 8_192
  /// Nanoseconds between two looks: at first, and at most, after doubling; more while the program is held.
  private static let shortestPause: Int64 = 1_000_000
  private static let longestPause: Int64 = 16_000_000
  private static let longestHeldPause: Int64 = 250_000_000
  /// Where a look brought so many events, the next comes soon.
  private static let manyEvents = 256

  init(
    _ program: KernelProgram, into history: SharedHistory,
    onEvents: (@Sendable (inout History, ClosedRange<Int>) -> Void)?
  ) {
    self.program = program
    self.history = history
    self.onEvents = onEvents
    sampler = KernelSampler(program)
  }

  /// Reads until the program has ended and everything is read.
  /// - Returns: the hash of all events but the samples, which are another run's even where that does the same.
  func run() -> UInt64 {
    var pause = KernelCollector.shortestPause
    while true {
      // Before the look: what was written before the end is then seen.
      let hasEnded = program.hasEnded
      let count = look(samples: !hasEnded)
      if hasEnded, count == 0 { break }
      guard count < KernelCollector.manyEvents else {
        pause = KernelCollector.shortestPause
        continue
      }
      let longest = program.isHeld ? KernelCollector.longestHeldPause : KernelCollector.longestPause
      pause = count > 0 ? KernelCollector.shortestPause : min(pause * 2, longest)
      program.waitForEvents(atMost: pause)
    }
    program.dropEvents()
    history.withLock { history in
      define(in: &history)
      // A run that was stopped where it was leaves tasks.
      if program.fibersLive == 0 || program.deadlock != nil { history.finish() }
    }
    return hash.value
  }

  /// One look at the log, and at the kernel.
  private func look(samples: Bool) -> Int {
    history.withLock { history in
      let first = history.count + 1
      let count = program.read(atMost: KernelCollector.eventsARead) { event in
        if event.kind == .controlLost {
          // A task was killed in the middle of an operation.
          return history.noteLoss(machine: event.machine, from: event.time, to: event.time, count: event.ab)
        }
        hash.add(event)
        history.append(event)
      }
      if samples { sampler.sample { history.append($0) } }
      // After the events: the names in them are there then.
      define(in: &history)
      emitted += history.count + 1 - first
      if history.count >= first, let onEvents { onEvents(&history, first...history.count) }
      return count
    }
  }

  private func define(in history: inout History) {
    for string in program.strings(from: definedStrings) {
      history.define(UInt32(definedStrings), string)
      definedStrings += 1
    }
  }
}
