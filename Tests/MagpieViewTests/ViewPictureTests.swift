import MagpieModel
import Testing

@testable import MagpieView

/// Each view at each size, in Chinese and in ASCII; English in UTF-8 is with the tests of each view. Goldens hold roles instead of
/// colours, so that they serve every theme and every depth of colour.
@Suite struct ViewPictureTests {
  static let views: [(name: String, keys: [Key])] = [
    ("stage", [.character("1")]), ("timeline", [.character("2")]), ("fibers", [.character("3"), .down]),
    ("life", [.character("3"), .down, .enter]), ("events", [.character("4"), .character(",")]),
    ("stats", [.character("5")]), ("explain", [.character("1"), .tab, .enter]),
  ]

  @Test("Every view, in Chinese and in ASCII", arguments: [(40, 12), (80, 24), (120, 36), (200, 60)])
  func picture(width: Int, height: Int) throws {
    var run = Rehearsal.beforeSteal(processors: 4)
    run.steal(2)
    for _ in 0..<60 { run.step() }
    for (name, keys) in ViewPictureTests.views {
      for isASCII in [false, true] {
        var app = try App.sample(language: isASCII ? .english : .chinese, isASCII: isASCII)
        app.observe(.sample(.held), run.history)
        // Each key finds a frame that has been drawn.
        for key in keys {
          repeat { _ = app.draw(run.history, width: width, height: height, now: seconds(0)) } while app.isReading
          app.press(key)
        }
        repeat { _ = app.draw(run.history, width: width, height: height, now: seconds(1)) } while app.isReading
        let canvas = app.draw(run.history, width: width, height: height, now: seconds(3))
        if isASCII { for cell in canvas.cells { #expect(cell.scalar < 0x7F) } }
        try Golden.check(canvas, "view-\(name)-\(isASCII ? "ascii" : "zh")-\(width)x\(height)")
      }
    }
  }
}
