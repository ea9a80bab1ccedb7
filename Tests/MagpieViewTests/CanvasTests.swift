import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

@Suite struct CanvasTests {
  @Test func nothingThatSteersATerminalGetsIn() {
    var canvas = Canvas(width: 20, height: 2)
    canvas.write("a\u{1B}[2Jb\u{7}\u{9B}\u{202E}\u{200B}c\n", x: 0, y: 0)
    #expect(Golden.lines(canvas)[0] == "a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}c\u{FFFD}")
    for cell in canvas.cells { #expect(cell.scalar >= 0x20 && !(0x7F..<0xA0).contains(cell.scalar)) }
    #expect(harmless("x\u{1B}]0;evil\u{7}") == "x\u{FFFD}]0;evil\u{FFFD}")
  }

  /// Controls, changes of direction, what has no width, and what nobody has given a meaning.
  private static let forbidden: [ClosedRange<UInt32>] = [
    0...0x1F, 0x7F...0x9F, 0x300...0x36F, 0x483...0x489, 0x61C...0x61C, 0x200B...0x200F, 0x2028...0x202E,
    0x2060...0x206F, 0x20D0...0x20FF, 0xD800...0xF8FF, 0xFEFF...0xFEFF, 0xFFFE...0xFFFF, 0x3_0000...UInt32.max,
  ]

  @Test("Fibers with names that would steer a terminal are drawn in every view without doing it")
  func hostileNames() throws {
    let names = [
      "\u{1B}]0;x\u{7}\u{1B}[2J", "\u{9B}31m\u{85}\u{7F}", "\u{202E}\u{2066}\u{061C}back", "a\u{301}\u{489}\u{20DD}",
      "\u{200B}\u{200D}\u{2060}\u{FEFF}", "\n\r\t\0", "\u{E0041}\u{F0000}\u{FFFE}", "\u{1F468}\u{200D}\u{1F469}",
      String(repeating: "\u{1B}[5m\u{301}", count: 2500),
    ]
    for name in names {
      for isASCII in [false, true] {
        var run = Rehearsal(processors: 4, seed: 3)
        run.begin()
        for _ in 0..<40 { _ = run.create(0, name) }
        _ = run.next(0)
        var app = try App.sample(isASCII: isASCII)
        var facts = ProgramFacts.sample()
        facts.scenario = name
        facts.lastWords = LastWords { _ in [name] }
        app.observe(facts, run.history)
        for key in [Key.character("1"), .character("4"), .character("?")] {
          app.press(key)
          for (width, height) in [(1, 1), (40, 12), (80, 24), (120, 36), (200, 60)] {
            let canvas = app.draw(run.history, width: width, height: height, now: seconds(0))
            let scalars = Set(canvas.cells.map(\.scalar)).subtracting([Canvas.Cell.continuation])
            #expect(scalars.allSatisfy { scalar in !Self.forbidden.contains { $0.contains(scalar) } })
            if isASCII { #expect(scalars.allSatisfy { $0 < 0x7F }) }
          }
        }
      }
    }
  }

  @Test func wideCharactersTakeTwoCellsAndAreNeverHalved() {
    var canvas = Canvas(width: 5, height: 1)
    #expect(canvas.write("a窃取b", x: 0, y: 0) == 5)
    #expect(canvas[2, 0].scalar == Canvas.Cell.continuation)
    #expect(Golden.lines(canvas)[0] == "a窃…")
    canvas.write("x", x: 2, y: 0)
    #expect(canvas[1, 0].scalar == 0x20)
    #expect(Canvas.width(of: "窃取 steal") == 10)
  }

  @Test func textIsCutWithAMark() {
    var canvas = Canvas(width: 10, height: 1)
    canvas.write("worker/3", x: 0, y: 0, limit: 5)
    #expect(Golden.lines(canvas)[0] == "work…")
    canvas.write("everything", x: 0, y: 0, limit: 10)
    #expect(Golden.lines(canvas)[0] == "everything")
  }

  @Test func linesBreakBetweenWords() {
    #expect(Canvas.wrap("half of what waits", width: 9) == ["half of", "what", "waits"])
    #expect(Canvas.wrap("abcdefgh", width: 3) == ["abc", "def", "gh"])
    #expect(Canvas.wrap("x", width: 0).isEmpty)
  }

  /// Chinese has no spaces, and lines do not begin with what closes.
  @Test func linesBreakBetweenWideCharacters() {
    #expect(Canvas.wrap("谁唤醒协程，放进 next", width: 10) == ["谁唤醒协", "程，放进", "next"])
    #expect(Canvas.wrap("谁唤醒协程，放进 next", width: 12) == ["谁唤醒协程，", "放进 next"])
    #expect(Canvas.wrap("读者（写者）", width: 6) == ["读者", "（写", "者）"])
    #expect(Canvas.wrap("全局队列256个", width: 11) == ["全局队列256", "个"])
    #expect(Canvas.wrap("空 · 从 P0 取走 5 个", width: 19) == ["空 · 从 P0 取走", "5 个"])
    #expect(Canvas.wrap("窃取", width: 1) == ["窃", "取"])
  }

  @Test func everyGlyphHasATwinOfOneCell() {
    for glyph in Glyph.allCases {
      #expect((0x21..<0x7F).contains(glyph.ascii))
      #expect(CharacterWidth.of(glyph.rawValue) == 1)
    }
  }

  @Test func drawingOutsideIsCut() {
    var canvas = Canvas(width: 4, height: 3)
    canvas.frame(Area(x: -2, y: -2, width: 20, height: 20), title: "long title", Style(), note: "note")
    canvas.bar(.nan, x: -3, y: 1, length: 40, Style())
    canvas.chip("123456", x: 2, y: 2, Style())
    canvas.sparkline([1, .infinity, .nan, 0], x: 3, y: 0, Style())
    canvas.clear(Area(x: 3, y: 2, width: 99, height: 99))
    #expect(canvas.cells.count == 12)
  }
}

@Suite struct NumbersTests {
  @Test func numbersAreWrittenForPeople() {
    #expect(Numbers.grouped(UInt64(88_310)) == "88,310")
    #expect(Numbers.grouped(UInt64(999)) == "999")
    #expect(Numbers.grouped(UInt64.max) == "18,446,744,073,709,551,615")
    #expect(Numbers.seconds(1_284_312_999) == "1.284 312")
    #expect(Numbers.duration(850) == "850 ns")
    #expect(Numbers.duration(3400) == "3.4 µs")
    #expect(Numbers.duration(12_000_000) == "12 ms")
    #expect(Numbers.duration(999_600) == "1.0 ms")
    #expect(Numbers.compact(12_400) == "12.4k")
    #expect(Numbers.compact(1_200_000) == "1.2M")
    #expect(Numbers.compact(-.infinity) == "0")
  }
}

@Suite struct EventTextTests {
  @Test func everyKindIsToldInWords() {
    for kind in EventKind.allCases {
      for detail in UInt8(0)...12 {
        let event = Event(
          time: 1_284_312_000, machine: 5, kind: kind, detail: detail, processor: 2, fiber: 27, a: 1, b: 2, c: 3, d: 4)
        let text = EventText(event) { _ in "name" }
        #expect(!text.what.isEmpty)
        #expect(!Language.english(.why(event)).isEmpty)
      }
    }
    let unknown = Event(word0: 0, word1: 0xFE, word2: 0, word3: 0)
    #expect(EventText(unknown) { _ in nil }.what.contains("254"))
  }

  @Test func aSentenceIsOneHarmlessLine() {
    let event = Event(
      time: 1_284_312_000, machine: 5, kind: .stealTook, detail: 1, processor: 2, fiber: 27, a: 0, b: 61, c: 3 | 6 << 16
    )
    #expect(
      sentence(for: event) { _ in nil }
        == "1.284 312  P2 M5 G27  steals 3 from P0: of 6 waiting · slots 61–63 · round 1")
    let named = Event(time: 0, machine: 0, kind: .fiberCreate, fiber: 3, b: 1)
    #expect(
      sentence(for: named) { _ in "evil\n\u{1B}[2J" }
        == "0.000 000  — M0 G3  is created: evil\u{FFFD}\u{FFFD}[2J · by the runtime")
  }
}
