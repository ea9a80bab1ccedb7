public import MagpieTrace

/// Nothing can ever run again, while fibers live.
public struct DeadlockReport: Sendable, Hashable, CustomStringConvertible {
  /// What a fiber waits on.
  public enum Wait: Sendable, Hashable {
    case parked(ParkReason, object: UInt32)
    /// Its turn to begin, where one task runs at a time.
    case turn
    /// Nothing: it can run, but nobody runs it.
    case nothing

    /// - Parameter reason: nil for one that is not parked.
    package init(_ reason: ParkReason?, object: UInt32) {
      self = reason.map { .parked($0, object: object) } ?? .nothing
    }
  }

  /// A fiber that waits for ever.
  public struct Waiter: Sendable, Hashable {
    public var fiber: UInt32
    /// Its name, empty if it has none.
    public var name: String
    public var wait: Wait
    /// For whom it waits, where that is known: one that has begun for those that stand behind it, and they for that one.
    public var waitsFor: [UInt32] = []

    package init(fiber: UInt32, name: String, wait: Wait, waitsFor: [UInt32] = []) {
      self.fiber = fiber
      self.name = name
      self.wait = wait
      self.waitsFor = waitsFor
    }

    /// What it waits on, in words.
    public var waitsOn: String { "\(wait)" }

    /// `, from fiber 3, 4, 5 or 12 more`; empty where nobody knows.
    fileprivate var forWhom: String {
      guard !waitsFor.isEmpty else { return "" }
      let ids = waitsFor.prefix(3).map(String.init).joined(separator: ", ")
      return ", from fiber \(ids)\(waitsFor.count > 3 ? " or \(waitsFor.count - 3) more" : "")"
    }
  }
  public var waiters: [Waiter]

  package init(waiters: [Waiter]) { self.waiters = waiters }

  /// `fiber 1 "main" waits for a value on channel 3`, and so on.
  public var description: String {
    waiters.map { "fiber \($0.fiber)\($0.name.isEmpty ? "" : " \"\($0.name)\"") waits for \($0.waitsOn)\($0.forWhom)" }
      .joined(separator: ", ")
  }
}

extension DeadlockReport.Wait: CustomStringConvertible {
  public var description: String {
    switch self {
    case .parked(.sleep, _): "a timer"
    case .parked(.channelSend, let object): "a receiver on channel \(object)"
    case .parked(.channelReceive, let object): "a value on channel \(object)"
    case .parked(.lock, let object): "lock \(object)"
    case .parked(.waitGroup, let object): "wait group \(object)"
    case .parked(.join, _): "all other fibers"
    case .parked(.netpoll, let object): "file \(object)"
    case .parked(.select, _): "any case of a select"
    case .parked(.readLock, let object): "lock \(object), to read"
    case .parked(.writeLock, let object): "lock \(object), to write"
    case .parked(let reason, let object): "\(reason) \(object)"
    case .turn: "its turn to begin"
    case .nothing: "nothing: it can run, but nobody runs it"
    }
  }
}
