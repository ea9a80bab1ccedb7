private import MagpieSession
public import MagpieTrace
public import MagpieView

/// What one row of the lab tells: of which era, what, and at which value of the claim's parameter.
public struct LabSubject: Sendable, Hashable {
  /// Nil for what belongs to none, such as an atomic.
  public let era: Era?
  public let what: String
  public let at: Int
  let unit: LabUnit

  init(_ era: Era?, _ what: String, at: Int, _ unit: LabUnit) {
    self.era = era
    self.what = what
    self.at = at
    self.unit = unit
  }
}

/// One row of what the lab has measured.
public struct LabRow: Sendable {
  public let claim: LabClaim
  public let subject: LabSubject
  /// Nil where it could not be measured.
  public let sample: LabSample?

  /// Names of the columns of `csv`, which are the keys of `json`.
  public static let heading = "claim,era,what,at,value,unit,spread,reps"

  /// One object on one line; what is missing is null.
  public var json: String {
    var writer = JSONWriter()
    writer.object {
      $0.field("claim", claim.rawValue)
      $0.field("era", subject.era?.rawValue)
      $0.field("what", subject.what)
      $0.field("at", subject.at)
      $0.field("value", LabRow.rounded(sample?.median))
      $0.field("unit", subject.unit.rawValue)
      $0.field("spread", LabRow.rounded(sample?.spread))
      $0.field("reps", sample?.count ?? 0)
    }
    return writer.text
  }

  /// One line; what is missing is empty.
  public var csv: String {
    func number(_ value: Double?) -> String { value.map { "\(LabRow.rounded($0))" } ?? "" }
    return [
      claim.rawValue, subject.era?.rawValue ?? "", subject.what, "\(subject.at)", number(sample?.median),
      subject.unit.rawValue, number(sample?.spread), "\(sample?.count ?? 0)",
    ].joined(separator: ",")
  }

  /// Kept to a thousandth; JSON has null for what is no number.
  private static func rounded(_ value: Double?) -> Double { value.map { ($0 * 1000).rounded() / 1000 } ?? .nan }
}

/// What a value counts.
enum LabUnit: String, Sendable {
  case nanoseconds = "ns"
  case bytes = "B"
  case percent = "%"
  case perSecond = "1/s"
  case times = "x"
}
