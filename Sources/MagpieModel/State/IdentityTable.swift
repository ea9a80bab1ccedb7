/// Numbers of fibers or objects to indices of their records: open addressing, deletion by shifting back.
///
/// Fibers' numbers are dense, so eight neighbours share a cache line: the hash spreads blocks of eight, and keeps the
/// order within a block. The plain identity would be faster still, but breaks down when a run of long-lived fibers lies
/// where, a table's length of numbers later, the newest ones want to go: each would search past the whole run.
/// At most half full. A number that finds no place within `maximumProbe` steps (only possible for numbers chosen to
/// collide) is refused, so that no input makes it slow.
struct IdentityTable: Sendable, Equatable {
  static let maximumProbe = 4096

  /// id << 32 | index; 0 is free, for no id is 0.
  private var entries: [UInt64]
  private var mask: Int
  private var shift: UInt64
  private(set) var count = 0

  init(capacity: Int = 64) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    entries = [UInt64](repeating: 0, count: size)
    mask = size - 1
    shift = UInt64(64 - size.trailingZeroBitCount + 3)
  }

  var bytes: Int { entries.count * 8 }

  @inline(__always)
  private func home(_ id: UInt32) -> Int {
    let block = (UInt64(id &>> 3) &* 0x9E37_79B9_7F4A_7C15) &>> shift
    return Int(truncatingIfNeeded: block &<< 3 | UInt64(id & 7))
  }

  /// - Returns: the index, or -1.
  @inline(__always)
  func find(_ id: UInt32) -> Int {
    var position = home(id)
    while true {
      let entry = entries[position]
      if UInt32(truncatingIfNeeded: entry &>> 32) == id { return Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) }
      if entry == 0 { return -1 }
      position = (position &+ 1) & mask
    }
  }

  /// Adds a number that is not in the table, and is not 0.
  /// - Returns: false if there is no room for it.
  mutating func insert(_ id: UInt32, index: Int) -> Bool {
    if (count + 1) * 2 > entries.count { grow() }
    var position = home(id)
    var probe = 0
    while entries[position] != 0 {
      position = (position &+ 1) & mask
      probe &+= 1
      if probe > Self.maximumProbe { return false }
    }
    entries[position] = UInt64(id) &<< 32 | UInt64(UInt32(truncatingIfNeeded: index))
    count &+= 1
    return true
  }

  mutating func remove(_ id: UInt32) {
    var hole = home(id)
    while UInt32(truncatingIfNeeded: entries[hole] &>> 32) != id {
      if entries[hole] == 0 { return }
      hole = (hole &+ 1) & mask
    }
    count &-= 1
    // Each later entry of the run that may stand at the hole moves there, and leaves a new hole.
    var position = (hole &+ 1) & mask
    while entries[position] != 0 {
      let home = home(UInt32(truncatingIfNeeded: entries[position] &>> 32))
      if (position &- home) & mask >= (position &- hole) & mask {
        entries[hole] = entries[position]
        hole = position
      }
      position = (position &+ 1) & mask
    }
    entries[hole] = 0
  }

  private mutating func grow() {
    var larger = IdentityTable(capacity: entries.count)
    // In the order of the old table, an entry meets at most the run that it was in; none can be refused here that was
    // not crafted to be, and such a one is forgotten like any other beyond the limit.
    for entry in entries where entry != 0 {
      _ = larger.insert(UInt32(truncatingIfNeeded: entry &>> 32), index: Int(truncatingIfNeeded: entry & 0xFFFF_FFFF))
    }
    self = larger
  }
}
