/// A map from running numbers (ids of fibers or objects) to a 32-bit value: open addressing, and as the ids are dense, the
/// id itself is the hash. Grows with what it holds at once, not with what it has ever seen.
@frozen
public struct NumberTable: Sendable {
  @usableFromInline var keys: [UInt32]
  @usableFromInline var values: [UInt32]
  @usableFromInline var mask: Int
  public private(set) var count = 0

  public init() {
    keys = Array(repeating: 0, count: 64)
    values = Array(repeating: 0, count: 64)
    mask = 63
  }

  @inlinable
  func place(of key: UInt32) -> Int {
    var index = Int(key) & mask
    while keys[index] != key && keys[index] != 0 { index = (index &+ 1) & mask }
    return index
  }

  /// The value of a number, or nil. Number 0 has none. O(1).
  @inlinable
  public subscript(key: UInt32) -> UInt32? {
    let index = place(of: key)
    return keys[index] == key && key != 0 ? values[index] : nil
  }

  /// The numbers that have a value, in no order. O(capacity).
  public var numbers: [UInt32] { keys.filter { $0 != 0 } }

  /// Sets the value of a number other than 0. O(1), amortised.
  public mutating func set(_ key: UInt32, to value: UInt32) {
    guard key != 0 else { return }
    let index = place(of: key)
    if keys[index] == 0 {
      count &+= 1
      keys[index] = key
      values[index] = value
      if count &* 2 > mask { grow() }
    } else {
      values[index] = value
    }
  }

  /// Forgets a number. O(1).
  public mutating func remove(_ key: UInt32) {
    var hole = place(of: key)
    guard key != 0, keys[hole] == key else { return }
    count &-= 1
    // Backward shift: what lies behind the hole and may not be cut off from its own place moves into it.
    var index = (hole &+ 1) & mask
    while keys[index] != 0 {
      let home = Int(keys[index]) & mask
      if (index &- home) & mask >= (index &- hole) & mask {
        keys[hole] = keys[index]
        values[hole] = values[index]
        hole = index
      }
      index = (index &+ 1) & mask
    }
    keys[hole] = 0
  }

  public mutating func removeAll() { self = NumberTable() }

  private mutating func grow() {
    let old = (keys, values)
    mask = (mask &+ 1) &* 2 &- 1
    keys = Array(repeating: 0, count: mask &+ 1)
    values = Array(repeating: 0, count: mask &+ 1)
    for (key, value) in zip(old.0, old.1) where key != 0 {
      let index = place(of: key)
      keys[index] = key
      values[index] = value
    }
  }
}
