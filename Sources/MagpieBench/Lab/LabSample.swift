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

  /// The value below which a part of the measurements lies; between two neighbours, in proportion.
  private func quantile(_ part: Double) -> Double {
    let place = part * Double(sorted.count - 1)
    let index = Int(place)
    let next = min(index + 1, sorted.count - 1)
    return sorted[index] + (sorted[next] - sorted[index]) * (place - Double(index))
  }
}
