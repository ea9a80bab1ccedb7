/// Repeated measurements of one thing.
public struct LabSample: Sendable, Equatable {
  private let sorted: [Double]

  /// - Returns: nil of nothing.
  init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    sorted = values.sorted()
  }

  public var count: Int { sorted.count }
  public var median: Double { quantile(0.5) }
  /// How far the middle half of the measurements lies apart: from the first quartile to the third, in the unit of the values.
  public var spread: Double { quantile(0.75) - quantile(0.25) }

  /// Whether the median of many more is known to lie, 19 times of 20, within a part of this one to both sides: it lies between the
  /// values whose ranks are the middle's less and plus the root of the count, whatever the distribution. Of fewer than 7 nothing is
  /// known.
  func isKnown(to part: Double) -> Bool {
    guard count >= 7 else { return false }
    let middle = Double(count - 1) / 2, reach = Double(count).squareRoot()
    let low = sorted[Int((middle - reach).rounded(.down))], high = sorted[Int((middle + reach).rounded(.up))]
    return max(median - low, high - median) <= part * abs(median)
  }

  /// The value below which a part of the measurements lies; between two neighbours, in proportion.
  private func quantile(_ part: Double) -> Double {
    let place = part * Double(sorted.count - 1)
    let index = Int(place)
    let next = min(index + 1, sorted.count - 1)
    return sorted[index] + (sorted[next] - sorted[index]) * (place - Double(index))
  }
}
