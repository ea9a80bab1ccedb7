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

  @Test func aMedianIsKnownOnceTheMiddleLiesTogether() throws {
    let few = try #require(LabSample([5, 5, 5, 5, 5, 5]))
    #expect(!few.isKnown(to: 1), "six say nothing of where others would lie")
    let close = try #require(LabSample([95, 97, 99, 100, 101, 103, 105]))
    #expect(close.isKnown(to: 0.05) && !close.isKnown(to: 0.04))
    // Of many, the outer ones say nothing.
    let wide = try #require(
      LabSample([1, 2, 3, 4, 5, 6] + (0..<20).map { 100 + Double($0) } + [900, 901, 902, 903, 904, 905]))
    #expect(wide.isKnown(to: 0.07) && !wide.isKnown(to: 0.04))
    #expect(try #require(LabSample([Double](repeating: 0, count: 7))).isKnown(to: 0.05))
  }

  @Test func oneMoreIsWorthItUntilItIsKnownOrTheTimeIsOver() throws {
    let effort = LabEffort(fewest: 7, most: 30, precision: 0.05, time: 1000)
    let known = try #require(LabSample([95, 97, 99, 100, 101, 103, 105]))
    let unknown = try #require(LabSample([5, 97, 99, 100, 101, 103, 105]))
    let fewer = try #require(LabSample([100, 100, 100]))
    #expect(effort.wants(after: [], time: 5000) && effort.wants(after: [fewer], time: 5000))
    #expect(!effort.wants(after: [known, known], time: 0))
    #expect(effort.wants(after: [known, unknown], time: 999) && !effort.wants(after: [known, unknown], time: 1000))
    let most = try #require(LabSample([5] + [Double](repeating: 100, count: 29)))
    #expect(!LabEffort(fewest: 7, most: 30, precision: 0, time: 1000).wants(after: [most], time: 0))
    #expect(LabEffort(fewest: 2, most: 2).wants(after: [], time: 0))
    // Who weighs more has more time; who has no end of it has no more.
    #expect(effort.weighted(by: 2).wants(after: [unknown], time: 1999))
    #expect(!effort.weighted(by: 2).wants(after: [unknown], time: 2000))
    #expect(LabEffort(fewest: 7).weighted(by: 2).time == .max)
  }

  @Test func nothingHasNoMedian() { #expect(LabSample([]) == nil) }

  @Test func aRatioNeedsBothAndNoDivisionByNothing() {
    #expect(LabTable.ratio(6, 3) == 2)
    #expect(LabTable.ratio(nil, 3) == nil)
    #expect(LabTable.ratio(6, nil) == nil)
    #expect(LabTable.ratio(6, 0) == nil)
  }
}
