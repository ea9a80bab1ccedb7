import Foundation
import FoundationXML
import MagpieModel
import Testing

@testable import MagpieView

/// The picture of the screen that a key saves.
@Suite struct SavedPictureTests {
  /// Reads an SVG as a viewer would: what each text says, where it begins, and how long it is to be.
  private final class Reader: NSObject, XMLParserDelegate {
    private(set) var texts: [(x: Int, y: Int, length: Int, words: String)] = []
    private(set) var rectangles: [[String: String]] = []
    private var isInText = false

    init(_ svg: String) throws {
      super.init()
      let parser = XMLParser(data: Data(svg.utf8))
      parser.delegate = self
      #expect(parser.parse(), "\(String(describing: parser.parserError))")
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      isInText = name == "text"
      if name == "rect" { rectangles.append(attributes) }
      guard isInText else { return }
      let number = { (key: String) in attributes[key].flatMap { Int($0) } ?? -1 }
      texts.append((number("x"), number("y"), number("textLength"), ""))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      if isInText { texts[texts.count - 1].words += string }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      isInText = false
    }
  }

  private func picture(_ canvas: Canvas, theme: String = "dark") throws -> Picture {
    Picture(canvas: canvas, theme: try Theme.named(theme, among: try Theme.embedded()), scenario: "tour", event: 7)
  }

  private func app(_ language: Language = .english) throws -> (App, History) {
    let run = Rehearsal.beforeSteal(processors: 4)
    var app = try App.sample(language: language)
    app.observe(.sample(.held), run.history)
    return (app, run.history)
  }

  private func isBlock(_ scalar: UInt32) -> Bool { (0x2580...0x258F).contains(scalar) }

  @Test("From the texts of a picture the screen can be put together again", arguments: Language.allCases)
  func textsStandWhereTheyStood(_ language: Language) throws {
    var (app, history) = try app(language)
    for view: Unicode.Scalar in ["1", "4", "?"] {
      app.press(.character(view))
      let canvas = app.draw(history, width: 120, height: 36, now: seconds(0))
      var again = Canvas(width: canvas.width, height: canvas.height)
      for text in try Reader(picture(canvas).svg).texts {
        #expect(text.x % 8 == 0 && text.y % 16 == 13 && text.length == 8 * Canvas.width(of: text.words))
        again.write(text.words, x: text.x / 8, y: text.y / 16)
      }
      for y in 0..<canvas.height {
        for x in 0..<canvas.width where !isBlock(canvas[x, y].scalar) {
          #expect(again[x, y].scalar == canvas[x, y].scalar, "\(x), \(y)")
        }
      }
    }
  }

  @Test func theSameFrameGivesTheSameBytesAndAnotherThemeOthers() throws {
    var (app, history) = try app()
    let canvas = app.draw(history, width: 80, height: 24, now: seconds(0))
    let svg = try picture(canvas).svg
    #expect(try picture(canvas).svg == svg)
    #expect(try picture(canvas, theme: "light").svg != svg)
    #expect(try picture(canvas).text == Golden.lines(canvas).joined(separator: "\n") + "\n")
  }

  @Test func whatXMLWouldTakeForItsOwnIsWrittenOut() throws {
    var canvas = Canvas(width: 40, height: 2)
    canvas.write("</text><script>&amp;\u{1B}[2J\u{202E}", x: 1, y: 0)
    canvas.write("a   b", x: 30, y: 1)
    let texts = try Reader(picture(canvas).svg).texts
    #expect(texts.map(\.words).joined() == "</text><script>&amp;\u{FFFD}[2J\u{FFFD}a   b")
  }

  @Test func wideCharactersTakeTwoCellsAndBlocksAreRectangles() throws {
    var canvas = Canvas(width: 20, height: 1)
    canvas.write("P0 队列▌▄▀█x", x: 0, y: 0)
    let reader = try Reader(picture(canvas).svg)
    #expect(reader.texts.map(\.words) == ["P0", "队列", "x"])
    #expect(reader.texts.map(\.x) == [0, 24, 88] && reader.texts.map(\.length) == [16, 32, 8])
    let blocks = reader.rectangles.dropFirst().map { [$0["x"], $0["y"], $0["width"], $0["height"]].map { $0 ?? "" } }
    #expect(
      blocks == [["56", "0", "4", "16"], ["64", "8", "8", "8"], ["72", "0", "8", "8"], ["80", "0", "8", "16"]])
  }

  @Test func itsNameIsHarmlessWhateverTheScenarioIsCalled() throws {
    func name(_ scenario: String) throws -> String {
      Picture(canvas: Canvas(width: 1, height: 1), theme: try Theme.embedded()[0], scenario: scenario, event: 12).name
    }
    #expect(try name("fan-out") == "magpie-fan-out-12")
    #expect(try name("serve :8080") == "magpie-serve-8080-12")
    #expect(try name("../../etc\u{0}/\u{1B}é") == "magpie-etc-12")
    #expect(try name("") == "magpie-12")
  }

  @Test func aKeyKeepsTheNextFrameOnceAndTheNoticeGoesWithTheNextKey() throws {
    var (app, history) = try app()
    let plain = app.draw(history, width: 80, height: 24, now: seconds(0))
    #expect(app.takePicture() == nil)
    #expect(app.press(.character("S")) == [])
    #expect(app.draw(history, width: 80, height: 24, now: seconds(0)) == plain)
    let picture = app.takePicture()
    #expect(picture?.canvas == plain && picture?.name == "magpie-fan-out-\(history.count)" && app.takePicture() == nil)
    _ = app.draw(history, width: 80, height: 24, now: seconds(0))
    #expect(app.takePicture() == nil)
    _ = app.update(.noticed(.pictureSaved("magpie-x-7")))
    let noticed = Golden.lines(app.draw(history, width: 80, height: 24, now: seconds(0))).last
    #expect(noticed == " saved as magpie-x-7.svg and .txt in the current folder")
    // Another picture shows nothing of the first.
    app.press(.character("S"))
    #expect(app.draw(history, width: 80, height: 24, now: seconds(0)) == plain)
    #expect(app.takePicture()?.canvas == plain)
  }

  @Test func aScreenThatIsTooSmallHasItsPictureToo() throws {
    var (app, history) = try app()
    app.press(.character("S"))
    let small = app.draw(history, width: 20, height: 5, now: seconds(0))
    #expect(app.takePicture()?.canvas == small)
  }
}
