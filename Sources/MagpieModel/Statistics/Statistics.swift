public import MagpieTrace

/// Totals since the start of the run. They belong to the state, so that going back in time shows the numbers of that
/// moment; all of them are flat arrays, which are shared until written, so a copy costs a few reference counts.
public struct Statistics: Sendable, Equatable {
  /// Totals of one processor.
  public struct Processor: Sendable, Hashable {
    /// Fibers started here.
    public var ran: UInt64 = 0
    /// Virtual nanoseconds in which a fiber ran here; a slice counts when it ends.
    public var busyNanoseconds: UInt64 = 0
    /// Fibers that it stole from others, and that others stole from it; runnext included.
    public var stole: UInt64 = 0
    public var stolenFrom: UInt64 = 0
  }

  var counts: [UInt64]
  /// Fibers stolen, a row a thief and `matrixWidth` cells each, of which the first are used.
  var matrix: [UInt32]
  var matrixWidth: Int
  /// Where each machine has a queue the matrix would be larger than all the rest: beyond these processors nothing is kept in it.
  static let widestMatrix = 256
  public internal(set) var processors: [Processor]
  /// From runnable to start, in virtual nanoseconds.
  public internal(set) var queueWait = WaitHistogram()
  /// Steal attempts that got something.
  public internal(set) var stealsSucceeded: UInt64 = 0
  /// Fibers stolen, runnext included.
  public internal(set) var fibersStolen: UInt64 = 0
  /// Queues of others that searches have looked at.
  public internal(set) var victims: UInt64 = 0

  init(processors count: Int) {
    counts = [UInt64](repeating: 0, count: 256)
    matrixWidth = min(count, Self.widestMatrix)
    matrix = [UInt32](repeating: 0, count: matrixWidth * matrixWidth)
    processors = [Processor](repeating: Processor(), count: count)
  }

  /// Events of a kind.
  public func count(of kind: EventKind) -> UInt64 { counts[Int(kind.rawValue)] }
  /// Searches that ended, with or without a fiber.
  public var searches: UInt64 { count(of: .searchFind) }
  /// Searches in which stealing was tried: each ends in something taken or in nothing.
  public var stealAttempts: UInt64 { stealsSucceeded &+ count(of: .stealFailed) }
  /// Processors handed on: by machines about to block, and retaken by sysmon.
  public var handoffs: UInt64 { count(of: .processorHandoff) &+ count(of: .processorRetake) }
  /// Fibers started.
  public var switches: UInt64 { count(of: .fiberStart) }

  /// Fibers that `thief` stole from `victim`; 0 where there is no such processor, or one beyond the first 256.
  public func stolen(by thief: Int, from victim: Int) -> UInt64 {
    let known = min(processors.count, matrixWidth)
    guard thief >= 0, thief < known, victim >= 0, victim < known else { return 0 }
    return UInt64(matrix[thief * matrixWidth + victim])
  }

  /// Events of a kind a second of virtual time, between an earlier moment and this one.
  public func rate(of kind: EventKind, since earlier: Statistics, nanoseconds: UInt64) -> Double {
    guard nanoseconds > 0 else { return 0 }
    return Double(count(of: kind) &- earlier.count(of: kind)) * 1e9 / Double(nanoseconds)
  }
}

extension Statistics {
  /// Keeps the totals of the processors that remain.
  mutating func resize(processors count: Int) {
    let old = processors.count
    // By doubling: they may come one by one.
    if min(count, Self.widestMatrix) > matrixWidth { widen(to: min(max(count, 2 * old), Self.widestMatrix)) }
    if count < old { processors.removeLast(old - count) }
    while processors.count < count { processors.append(Processor()) }
  }

  private mutating func widen(to width: Int) {
    var wider = [UInt32](repeating: 0, count: width * width)
    for thief in 0..<matrixWidth {
      for victim in 0..<matrixWidth { wider[thief * width + victim] = matrix[thief * matrixWidth + victim] }
    }
    matrix = wider
    matrixWidth = width
  }
}

extension Statistics {
  var bytes: Int {
    (counts.count + WaitHistogram.bucketCount) * 8 + matrix.count * 4
      + processors.count * MemoryLayout<Processor>.stride
  }
}
