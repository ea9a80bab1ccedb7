import MagpieScenarios
import MagpieTrace

extension Check {
  /// Reads `N` or `N,N`: one for both sides, or one for each; none if nothing was given.
  static func processorCounts(_ text: String?) throws -> [Int] {
    guard let text else { return [] }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let counts = parts.compactMap { Int($0) }
    guard counts.count == parts.count, (1...2).contains(counts.count) else {
      throw UsageError(
        "--procs takes a whole number, or two for the two sides such as 1,4, not '\(printable(text.utf8))'")
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
        "--eras takes two schedulers, left and right, not \(names.count): '\(printable(text.utf8))'",
        "For example --eras \(printable(names[0].utf8)),\(printable(names[1].utf8)).")
    }
    let eras = try names.map { try era($0, scenario, isSimulated: isSimulated) }
    guard eras.count < 2 || eras[0] == eras[1] else { return eras }
    guard eras[0].hasProcessorCount else {
      throw UsageError(
        "both sides would be the same: \(eras[0]) has no Ps of which one could have more",
        "Name another scheduler: --eras \(eras[0]),mpn.")
    }
    guard counts.count == 2, counts[0] != counts[1] else {
      throw UsageError(
        "both sides would be the same: \(eras[0])" + (counts.first.map { " with \($0) P" } ?? ""),
        "Name another scheduler, --eras \(eras[0] == .mpn ? "global" : eras[0].rawValue),mpn,",
        "or two numbers of Ps, --eras \(eras[0]) --procs 1,4.")
    }
    return [eras[0], eras[0]]
  }
}
