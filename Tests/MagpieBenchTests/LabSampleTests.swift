import Testing

@testable import MagpieBench

/// The lab's statistics on numbers whose median and spread are known.
struct LabSampleTests {
  @Test(arguments: [
    ([7.0], 7.0, 0.0), ([1, 3], 2, 1), ([9, 1, 5], 5, 4), ([4, 1, 3, 2], 2.5, 1.5),
    // One that fell into a bad moment moves neither.
    ([10, 11, 12, 13, 9_000_000], 12, 2), ([5, 5, 5, 5], 5, 0), ([-2, 0, 2], 0, 2),
  ])
  func medianAndSpreadAreThoseOfTheMiddle(values: [Double], median: Double, spread: Double) throws {
    let sample = try #require(LabSample(values))
    #expect(sample.median == median)
    #expect(sample.spread == spread)
    #expect(sample.count == values.count)
    #expect(LabSample(values.reversed()) == sample, "the order in which they came says nothing")
  }

  @Test func nothingHasNoMedian() { #expect(LabSample([]) == nil) }

  @Test func aRatioNeedsBothAndNoDivisionByNothing() {
    #expect(LabTable.ratio(6, 3) == 2)
    #expect(LabTable.ratio(nil, 3) == nil)
    #expect(LabTable.ratio(6, nil) == nil)
    #expect(LabTable.ratio(6, 0) == nil)
  }
}
