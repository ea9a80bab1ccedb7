/// A language of the screen.
public enum Language: String, Sendable, CaseIterable {
  case english = "en"

  /// The words of a phrase.
  public func callAsFunction(_ phrase: Phrase) -> String {
    switch self {
    case .english: phrase.english
    }
  }
}
