import MagpieTrace
import MagpieView

/// How one claim is measured.
///
/// Each measurement is made by a process of its own, which starts small and with one thread: it can fork, it has nothing left over
/// from the one before, and what it pins ends with it.
protocol LabExperiment: Sendable {
  static var claim: LabClaim { get }
  /// How much of the time it takes, where a claim usually takes 1.
  static var weight: UInt64 { get }
  /// What is compared. - Parameter isSmall: only so much that it is known to work.
  static func cases(isSmall: Bool) -> [LabCase]
  /// Measures a case, in a process of its own. - Returns: a value for each row of the case.
  static func measure(_ words: LabWords) throws(LabObstacle) -> [Double]
  /// What the claim says, and what was found.
  static func findings(_ rows: LabTable) -> [LabFinding]
}

extension LabExperiment {
  static var weight: UInt64 { 1 }
}

/// One thing to measure.
struct LabCase: Sendable {
  /// What the process that measures is told.
  let words: [String]
  let rows: [LabSubject]
  /// Repetitions that are enough, because it takes long and hardly varies.
  var atMost = Int.max
}

/// What a process that measures was told.
struct LabWords {
  let words: [String]

  func era(_ index: Int) throws(LabObstacle) -> Era {
    guard let era = Era(rawValue: try word(index)) else { throw .failed(.misunderstood) }
    return era
  }

  func number(_ index: Int) throws(LabObstacle) -> Int {
    guard let number = Int(try word(index)) else { throw .failed(.misunderstood) }
    return number
  }

  func word(_ index: Int) throws(LabObstacle) -> String {
    guard index < words.count else { throw .failed(.misunderstood) }
    return words[index]
  }
}

/// The rows of a claim, by what they tell.
struct LabTable {
  let rows: [LabRow]

  /// The median; nil where there is none.
  func value(_ era: Era?, _ what: String, at: Int) -> Double? {
    rows.first { $0.subject.era == era && $0.subject.what == what && $0.subject.at == at }?.sample?.median
  }

  /// How many times the one is the other; nil unless both are known, and the other is not 0.
  static func ratio(_ value: Double?, _ other: Double?) -> Double? {
    guard let value, let other, other > 0 else { return nil }
    return value / other
  }
}
