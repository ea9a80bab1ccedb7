/// Durations, counted in buckets that are never wider than 1/32 of their value: a log-linear (HDR) histogram.
///
/// Not hdrhistogram-swift: this one is copied with each keyframe and written once a fiber start, so it has to be a value
/// of one small flat array (1,408 counters, 11 KiB) without configuration, classes or floating point.
public struct WaitHistogram: Sendable, Hashable {
  /// Values below 64 have a bucket each; above, 32 buckets for each power of two, up to 2⁴⁸ ns (3.2 days).
  static let bits = 5
  static let bucketCount = 32 * (48 - 5 + 1)

  var buckets = [UInt64](repeating: 0, count: WaitHistogram.bucketCount)
  /// How many values were recorded, and their sum and largest, in nanoseconds.
  public private(set) var count: UInt64 = 0
  public private(set) var sum: UInt64 = 0
  public private(set) var maximum: UInt64 = 0

  public init() {}

  static func bucket(of value: UInt64) -> Int {
    guard value >= 32 else { return Int(value) }
    let exponent = min(63 - value.leadingZeroBitCount, 47)
    let shift = exponent - bits
    let mantissa = min(Int(truncatingIfNeeded: value &>> UInt64(shift)), 63)
    return shift * 32 + mantissa
  }

  /// The largest value that falls into a bucket.
  static func upperBound(of bucket: Int) -> UInt64 {
    guard bucket >= 32 else { return UInt64(bucket) }
    let shift = bucket / 32 - 1
    return (UInt64(bucket - shift * 32) + 1) &<< UInt64(shift) &- 1
  }

  /// - Complexity: O(1), no allocation.
  public mutating func record(_ value: UInt64) {
    buckets[Self.bucket(of: value)] &+= 1
    count &+= 1
    sum &+= value
    if value > maximum { maximum = value }
  }

  /// The value that a part of all values (0.5, 0.99, 0.999) does not exceed, to within 1/32; 0 if there are none.
  /// - Complexity: O(buckets).
  public func percentile(_ part: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    // The smallest whole number that is not below the part; `rounded(.up)` would need libm. NaN counts as 0.
    let exact = part > 0 ? Double(count) * min(part, 1) : 0
    let floor = min(UInt64(exact), count)
    let wanted = max(1, Double(floor) < exact ? floor + 1 : floor)
    var seen: UInt64 = 0
    for (index, bucket) in buckets.enumerated() {
      seen &+= bucket
      if seen >= wanted { return min(Self.upperBound(of: index), maximum) }
    }
    return maximum
  }

  public var p50: UInt64 { percentile(0.5) }
  public var p99: UInt64 { percentile(0.99) }
  public var p999: UInt64 { percentile(0.999) }
  public var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

  /// Counts for drawing: how many values fall into each power of two of nanoseconds (element k: 2ᵏ ..< 2ᵏ⁺¹).
  public var powersOfTwo: [UInt64] {
    var result = [UInt64](repeating: 0, count: 48)
    for (index, bucket) in buckets.enumerated() where bucket > 0 {
      let upper = Self.upperBound(of: index)
      result[upper == 0 ? 0 : min(47, 63 - upper.leadingZeroBitCount)] &+= bucket
    }
    return result
  }
}
