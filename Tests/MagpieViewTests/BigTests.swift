import MagpieModel
import Testing

@testable import MagpieView

/// The Stage in big letters, for the last row of a lecture hall.
@Suite struct BigTests {
  static let sizes = [(80, 24), (120, 36), (200, 60)]

  /// Just after a steal, in big letters.
  private func big(
    _ width: Int, _ height: Int, processors: Int = 4, language: Language = .english, isASCII: Bool = false,
    status: ProgramStatus = .held
  ) throws -> (App, History, Canvas) {
    var run = Rehearsal.beforeSteal(processors: processors)
    var app = try App.sample(language: language, isASCII: isASCII)
    app.press(.character("B"))
    app.observe(.sample(status), run.history)
    _ = app.draw(run.history, width: width, height: height, now: seconds(0))
    run.steal(2)
    app.observe(.sample(status), run.history)
    _ = app.draw(run.history, width: width, height: height, now: seconds(1))
    let canvas = app.draw(run.history, width: width, height: height, now: seconds(1.6))
    return (app, run.history, canvas)
  }

  @Test("At each size", arguments: sizes)
  func picture(width: Int, height: Int) throws {
    try Golden.check(big(width, height).2, "big-\(width)x\(height)")
  }

  @Test func inASCIIInChineseAndWithEightProcessors() throws {
    let ascii = try big(80, 24, isASCII: true).2
    try Golden.check(ascii, "big-ascii-80x24")
    for cell in ascii.cells { #expect(cell.scalar < 0x7F) }
    try Golden.check(big(120, 36, language: .chinese).2, "big-zh-120x36")
    try Golden.check(big(80, 24, processors: 8).2, "big-8P-80x24")
    try Golden.check(big(200, 60, processors: 8).2, "big-8P-200x60")
  }

  /// Big letters, read back from the screen.
  private func reads(_ canvas: Canvas, _ text: String, _ area: Area, _ size: BigText.Size) throws -> Bool {
    var wanted = Canvas(width: canvas.width, height: canvas.height)
    wanted.write(try #require(BigText(text)), x: area.x, y: area.y, size, Style())
    for y in area.y..<area.bottom {
      for x in area.x..<area.right where wanted[x, y].scalar != canvas[x, y].scalar { return false }
    }
    return true
  }

  @Test("Each P, what it runs and what waits there can be read, and selected", arguments: sizes, [1, 2, 3, 4, 6, 8])
  func allIsThere(_ size: (Int, Int), _ processors: Int) throws {
    let (width, height) = size
    var run = Rehearsal(processors: processors, seed: 5)
    run.begin()
    while run.count < 400 { run.step() }
    var app = try App.sample()
    app.press(.character("B"))
    for _ in 0..<40 {
      run.step()
      app.observe(.sample(.held), run.history)
      let canvas = app.draw(run.history, width: width, height: height, now: seconds(1))
      let state = run.history.live
      let count = state.activeProcessorCount
      let layout = try #require(
        BigLayout(
          area: Area(x: 0, y: width < 100 ? 2 : 1, width: width, height: height - (width < 100 ? 3 : 2)),
          processors: count))
      for id in 0..<count {
        let spot = try #require(app.spots.first { $0.subject == .processor(id) })
        #expect(spot.isWhole)
        #expect(try reads(canvas, "P\(id)", spot.area, layout.size))
        guard let fiber = state.processor(id).fiber else { continue }
        let area = try #require(app.spots.first { $0.subject == .fiber(fiber) && $0.isWhole }).area
        let sign = state.processor(id).status == .blocked ? "■G" : "G"
        #expect(try reads(canvas, "\(sign)\(fiber)", area.insetColumn, layout.size))
        #expect(area.right <= width && layout.band(id).contains(x: area.x + 1, y: area.y))
      }
      // Nothing lies on anything else.
      let areas = app.spots.filter(\.isWhole).map(\.area)
      for (number, area) in areas.enumerated() {
        for other in areas[..<number] {
          let isApart =
            area.right <= other.x || other.right <= area.x || area.bottom <= other.y || other.bottom <= area.y
          #expect(isApart, "\(area) \(other)")
        }
      }
    }
  }

  @Test func moreThanFitAreShownInOrdinaryLettersAndThatIsSaid() throws {
    let run = Rehearsal.beforeSteal(processors: 64)
    var app = try App.sample()
    app.observe(.sample(.held), run.history)
    app.press(.character("B"))
    let lines = app.draw(run.history, width: 80, height: 24, now: seconds(0)).lines
    #expect(lines.contains { $0.contains("no room for 64 P in big letters") })
    app.press(.character("B"))
    #expect(!app.draw(run.history, width: 80, height: 24, now: seconds(0)).lines.contains { $0.contains("no room") })
  }

  @Test func inEventsLinesAreSpacedAndElsewhereItIsSaid() throws {
    var (app, history, _) = try big(80, 24)
    app.press(.character("4"), .character(","))
    let canvas = app.draw(history, width: 80, height: 24, now: seconds(2))
    let rows = app.spots.filter { if case .event = $0.subject { true } else { false } }.map(\.area.y)
    #expect(rows.count == app.pageLength && rows.count == 10)
    for (row, next) in zip(rows, rows.dropFirst()) { #expect(next == row + 2 && canvas.lines[row + 1] == "") }
    app.press(.character("B"), .character("3"), .character("B"))
    let last = app.draw(history, width: 80, height: 24, now: seconds(2)).lines.last
    #expect(last == " big letters are in the Stage; Events are spaced")
  }

  @Test func whatIsSelectedIsMarkedAllOver() throws {
    var (app, history, plain) = try big(120, 36)
    app.press(.tab)
    let canvas = app.draw(history, width: 120, height: 36, now: seconds(1.6))
    for _ in 0..<3 { app.press(.tab) }
    let marked = app.draw(history, width: 120, height: 36, now: seconds(1.6))
    #expect(canvas.cells != plain.cells && marked.cells != canvas.cells)
    let spot = try #require(app.spots.first { $0.subject == app.selection })
    for y in spot.area.y..<spot.area.bottom {
      for x in spot.area.x..<spot.area.right { #expect(marked[x, y].style.ground == .focus) }
    }
    // The story, too.
    let story = try #require(app.spots.last { if case .event = $0.subject { true } else { false } })
    app.selection = story.subject
    let told = app.draw(history, width: 120, height: 36, now: seconds(1.6))
    for y in story.area.y..<story.area.bottom { #expect(told[story.area.x, y].style.ground == .focus) }
  }

  @Test func everyLetterHasFiveLinesOfOneWidthAndNoTwoLookAlike() throws {
    var seen: [[[Bool]]: Unicode.Scalar] = [:]
    for value in UInt8(ascii: " ")...UInt8(ascii: "Z") {
      let scalar = Unicode.Scalar(value)
      guard let shape = BigText(String(scalar))?.letters.first else { continue }
      #expect(shape.count == 5 && Set(shape.map(\.count)).count == 1, "\(scalar)")
      #expect(seen.updateValue(scalar, forKey: shape) == nil, "\(scalar)")
    }
    #expect(seen.count >= 26 + 10 && BigText("世") == nil && BigText("g7")?.letters == BigText("G7")?.letters)
  }
}

extension Area {
  /// Without a column at each side.
  fileprivate var insetColumn: Area { Area(x: x + 1, y: y, width: width - 2, height: height) }
}
