/// A language of the screen.
public enum Language: String, Sendable, CaseIterable {
  case english = "en"
  case chinese = "zh"

  /// The words of a phrase.
  public func callAsFunction(_ phrase: Phrase) -> String {
    switch self {
    case .english: phrase.english
    case .chinese: phrase.chinese
    }
  }

  /// Whether its words can be drawn in ASCII.
  public var isASCII: Bool { self == .english }

  /// The one that a key goes on to.
  var next: Language { self == .english ? .chinese : .english }
}
