import CKernel
import TestSupport
import Testing

@testable import MagpieTrace

/// What a reader of a ring gets, and what it is told that it missed.
@Suite("Ring")
struct RingTests {
  /// An event all of whose words follow from its number, so that a torn one shows.
  private static func event(_ number: UInt64) -> Event {
    Event(
      word0: number, word1: number &* 0x9E37_79B9_7F4A_7C15, word2: ~number, word3: number &* number &+ 0xABCD)
  }

  private static func read(_ ring: Ring, from position: UInt64, room: Int) -> (Ring.Reading, [Event]) {
    let buffer = UnsafeMutableBufferPointer<Event>.allocate(capacity: room)
    defer { buffer.deallocate() }
    buffer.initialize(repeating: Event(word0: 0, word1: 0, word2: 0, word3: 0))
    let reading = ring.read(from: position, into: buffer)
    return (reading, Array(buffer.prefix(reading.count)))
  }

  @Test("The capacity is a power of two, at least 16", arguments: [(0, 16), (16, 16), (17, 32), (1000, 1024)])
  func capacity(wanted: Int, given: Int) throws {
    #expect(try #require(Ring(capacity: wanted)).capacity == given)
  }

  /// All ways in which 0 to 40 events, a position and a buffer can lie in 16 slots.
  @Test("Every position, length and buffer gives exactly the events that are still there, and counts the others")
  func everyLayout() throws {
    for written in 0...40 as ClosedRange<UInt64> {
      let ring = try #require(Ring(capacity: 16))
      var writer = Ring.Writer(ring)
      for number in 0..<written { writer.append(Self.event(number)) }
      #expect(ring.published == written)
      #expect(writer.cursor == written)
      // The slot of the next event may be half written already: 15 are sure.
      let oldest = written >= 16 ? written - 15 : 0
      for position in 0...written {
        for room in [0, 1, 3, 15, 16, 64] {
          let (reading, events) = Self.read(ring, from: position, room: room)
          let first = max(position, oldest)
          let wanted = (first..<min(written, first + UInt64(room))).map(Self.event)
          #expect(reading.lost == first - position, "\(written) written, from \(position), room \(room)")
          #expect(events == wanted, "\(written) written, from \(position), room \(room)")
          #expect(reading.next == first + UInt64(wanted.count))
        }
      }
    }
  }

  @Test("A reader that keeps up loses nothing over many laps")
  func manyLaps() throws {
    let ring = try #require(Ring(capacity: 16))
    var writer = Ring.Writer(ring)
    var position: UInt64 = 0
    for lap in 0..<200 {
      let burst = UInt64(lap % 16)
      for _ in 0..<burst { writer.append(Self.event(writer.cursor)) }
      let (reading, events) = Self.read(ring, from: position, room: 16)
      #expect(reading == Ring.Reading(count: Int(burst), lost: 0, next: position + burst))
      #expect(events == (position..<position + burst).map(Self.event))
      position = reading.next
    }
  }

  @Test(
    "Against a running writer no event is torn, none comes twice, and delivered and lost add up",
    arguments: [16, 64, 4096])
  func concurrentWriter(capacity: Int) throws {
    let ring = try #require(Ring(capacity: capacity))
    let total: UInt64 = ck_under_tsan() ? 100_000 : 2_000_000
    let thread = Job {
      var writer = Ring.Writer(ring)
      for number in 0..<total { writer.append(Self.event(number)) }
    }
    let buffer = UnsafeMutableBufferPointer<Event>.allocate(capacity: 1024)
    buffer.initialize(repeating: Event(word0: 0, word1: 0, word2: 0, word3: 0))
    defer { buffer.deallocate() }
    var position: UInt64 = 0, delivered: UInt64 = 0, lost: UInt64 = 0, torn = 0, misplaced = 0
    while position < total {
      let reading = ring.read(from: position, into: buffer)
      if reading.next != position &+ reading.lost &+ UInt64(reading.count) { misplaced += 1 }
      for (offset, event) in buffer.prefix(reading.count).enumerated() {
        if event != Self.event(event.word0) { torn += 1 }
        if event.word0 != position &+ reading.lost &+ UInt64(offset) { misplaced += 1 }
      }
      delivered += UInt64(reading.count)
      lost += reading.lost
      position = reading.next
    }
    thread.join()
    #expect(torn == 0)
    #expect(misplaced == 0)
    #expect(delivered + lost == total)
    #expect(position == total)
    // The end of the ring is there once the writer is done.
    let rest = Self.read(ring, from: total - 15, room: 16)
    #expect(rest.1 == (total - 15..<total).map(Self.event))
  }
}
