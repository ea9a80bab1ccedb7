/// One trace record: 32 bytes, four words, the same in a machine's ring, in the merge and in the history.
///
/// Layout, by word:
///
///     0   time 48 bits (virtual nanoseconds, 3.2 days) | machine 16 bits
///     1   fiber 32 | processor 16 | detail 8 | kind 8
///     2   b 32 | a 32
///     3   d 32 | c 32
///
/// What `detail`, `a`, `b`, `c` and `d` mean depends on the kind and stands with each case of `EventKind`, which is the
/// schema's only home. Nothing here traps: an event may come from outside, and any bytes are an event.
@frozen
public struct Event: Sendable, Hashable {
  public var word0: UInt64
  public var word1: UInt64
  public var word2: UInt64
  public var word3: UInt64

  @inlinable
  public init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  @inlinable
  public init(
    time: UInt64, machine: UInt16, kind: EventKind, detail: UInt8 = 0, processor: UInt16 = Event.noProcessor,
    fiber: UInt32 = Event.noFiber, a: UInt32 = 0, b: UInt32 = 0, c: UInt32 = 0, d: UInt32 = 0
  ) {
    word0 = time &<< 16 | UInt64(machine)
    word1 = UInt64(fiber) &<< 32 | UInt64(processor) &<< 16 | UInt64(detail) &<< 8 | UInt64(kind.rawValue)
    word2 = UInt64(b) &<< 32 | UInt64(a)
    word3 = UInt64(d) &<< 32 | UInt64(c)
  }

  /// "No processor": the machine that emitted the event held none.
  @inlinable public static var noProcessor: UInt16 { 0xFFFF }
  /// "No machine", in arguments that name one.
  @inlinable public static var noMachine: UInt16 { 0xFFFF }
  /// "No fiber". The ids of fibers begin at 1.
  @inlinable public static var noFiber: UInt32 { 0 }

  /// Virtual nanoseconds since the runtime started.
  @inlinable public var time: UInt64 { word0 &>> 16 }
  /// The machine that emitted the event, which is the ring that it comes from.
  @inlinable public var machine: UInt16 { UInt16(truncatingIfNeeded: word0) }
  /// The raw kind; `kind` is nil where no such kind exists (only in events from outside).
  @inlinable public var rawKind: UInt8 { UInt8(truncatingIfNeeded: word1) }
  @inlinable public var kind: EventKind? { EventKind(rawValue: rawKind) }
  @inlinable public var detail: UInt8 { UInt8(truncatingIfNeeded: word1 &>> 8) }
  /// The processor that the machine held, or `noProcessor`.
  @inlinable public var processor: UInt16 { UInt16(truncatingIfNeeded: word1 &>> 16) }
  /// The fiber that the event is about, or `noFiber`.
  @inlinable public var fiber: UInt32 { UInt32(truncatingIfNeeded: word1 &>> 32) }
  @inlinable public var a: UInt32 { UInt32(truncatingIfNeeded: word2) }
  @inlinable public var b: UInt32 { UInt32(truncatingIfNeeded: word2 &>> 32) }
  @inlinable public var c: UInt32 { UInt32(truncatingIfNeeded: word3) }
  @inlinable public var d: UInt32 { UInt32(truncatingIfNeeded: word3 &>> 32) }
  /// `a` and `b` as one 64-bit number (a deadline in virtual nanoseconds).
  @inlinable public var ab: UInt64 { word2 }
  /// `c` and `d` as one 64-bit number.
  @inlinable public var cd: UInt64 { word3 }
}
