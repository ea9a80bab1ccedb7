import MagpieScenarios
import MagpieTrace

extension Check {
  /// Reads `N` or `N,N`: one for both sides, or one for each; none if nothing was given.
  static func processorCounts(_ text: String?) throws -> [Int] {
    guard let text else { return [] }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let counts = parts.compactMap { Int($0) }
    guard counts.count == parts.count, (1...2).contains(counts.count) else {
      throw UsageError(.takes(option: "--procs", .oneOrTwoCounts, given: "'\(printable(text.utf8))'"))
    }
    for count in counts { try procs(count) }
    return counts
  }

  /// Reads `A,B`, or `A` where the numbers of Ps differ.
  /// - Parameter counts: those of `--procs`.
  /// - Returns: left and right.
  static func eras(
    _ text: String?, _ counts: [Int], _ scenario: any Scenario.Type, isSimulated: Bool
  ) throws -> [Era] {
    let text = text ?? (counts.count == 2 ? "mpn" : "global,mpn")
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count <= 2 else {
      throw UsageError(
        .compare(.takesTwo(names.count, given: printable(text.utf8))),
        .compare(.forExample(printable(names[0].utf8), printable(names[1].utf8))))
    }
    let eras = try names.map { try Check.era($0, scenario, isSimulated: isSimulated) }
    guard eras.count < 2 || eras[0] == eras[1] else { return eras }
    let era = eras[0]
    guard era.hasProcessorCount else {
      throw UsageError(.compare(.sameWithoutProcessors(era)), .compare(.nameAnother(era)))
    }
    guard counts.count == 2, counts[0] != counts[1] else {
      throw UsageError(
        .compare(.sameSides(era, processors: counts.first)), .compare(.nameAnother(era)), .compare(.orTwoCounts(era)))
    }
    return [era, era]
  }
}
