/// A frame to be kept in a file, for slides and bug reports: the cells, how they look, and what they are a picture of.
///
/// The same frame always gives the same bytes.
public struct Picture: Sendable, Equatable {
  public let canvas: Canvas
  public let theme: Theme
  public let scenario: String
  /// The number of the event that is shown last.
  public let event: Int

  /// Its file's name without an ending, `magpie-fan-out-84`: ASCII letters, digits and hyphens alone, whatever the scenario is
  /// called.
  public var name: String {
    let words = scenario.unicodeScalars.split {
      !$0.isASCII || !$0.properties.isAlphabetic && !("0"..."9").contains($0)
    }
    return (["magpie"] + words.map { String(String.UnicodeScalarView($0)) } + ["\(event)"]).joined(separator: "-")
  }
}

extension App {
  /// The picture that was asked for, once. It shows the screen without what is said about it.
  public mutating func takePicture() -> Picture? {
    defer { picture = nil }
    return picture
  }

  /// Keeps the frame that was just drawn, if a picture of it is wanted.
  mutating func keepPicture(of canvas: Canvas, event: Int) {
    guard wantsPicture else { return }
    wantsPicture = false
    picture = Picture(canvas: canvas, theme: theme, scenario: observation.facts.scenario, event: event)
  }
}
