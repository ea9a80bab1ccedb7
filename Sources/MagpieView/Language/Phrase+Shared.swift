import MagpieTrace

// What is written alike in every language.

extension Phrase {
  /// The kinds of which one is about to happen, as the filter language names them; two, and how many more.
  static func kinds(_ stopped: StoppedBefore) -> String {
    let names = stopped.kinds.prefix(2).map(\.name).joined(separator: "/")
    return stopped.kinds.count > 2 ? names + " +\(stopped.kinds.count - 2)" : names
  }

  /// `P2 M5 G17`
  static func place(_ stopped: StoppedBefore) -> String {
    var names: [String] = []
    if stopped.processor != Event.noProcessor { names.append("P\(stopped.processor)") }
    names.append("M\(stopped.machine)")
    if stopped.fiber != Event.noFiber { names.append("G\(stopped.fiber)") }
    return names.joined(separator: " ")
  }

  /// `G17 G18 M3`, a dozen at most.
  static func names(_ fibers: [UInt32], _ machines: [UInt16]) -> String {
    let names = fibers.map { "G\($0)" } + machines.map { "M\($0)" }
    return names.prefix(12).joined(separator: " ") + (names.count > 12 ? " …" : "")
  }

  /// `2`, `1/4`
  static func factor(_ factor: Double) -> String {
    factor >= 1 ? Numbers.compact(factor) : "1/" + Numbers.compact(1 / max(factor, 1e-6))
  }
}
