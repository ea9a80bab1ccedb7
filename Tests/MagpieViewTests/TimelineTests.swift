import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// What the Timeline shows, and how it is moved through.
@Suite struct TimelineTests {
  /// A run with everything in it: steals, blocking calls, retakes, sleepers.
  static func run(processors: Int = 4, seed: UInt64 = 3, events: Int = 3_000) -> Rehearsal {
    var run = Rehearsal(processors: processors, seed: seed)
    run.begin()
    while run.count < events { run.step() }
    return run
  }

  private func app(_ run: Rehearsal, width: Int = 120, height: Int = 36, isASCII: Bool = false) throws -> App {
    var app = try App.sample(isASCII: isASCII)
    app.observe(.sample(.held), run.history)
    app.press(.character("2"))
    repeat { _ = app.draw(run.history, width: width, height: height, now: seconds(0)) } while app.isMoving
    return app
  }

  private static let sizes = [(80, 24), (120, 36), (200, 60)]

  @Test("Processors near, the whole, machines and fibers, at each size", arguments: sizes)
  func pictures(width: Int, height: Int) throws {
    let run = Self.run()
    var app = try app(run, width: width, height: height)
    func picture(_ name: String) throws {
      try Golden.check(
        app.draw(run.history, width: width, height: height, now: seconds(0)), "timeline-\(name)-\(width)x\(height)")
    }
    try picture("near")
    app.press(.left, .left, .left, .character("m"))
    for _ in 0..<9 { app.press(.left) }
    _ = app.draw(run.history, width: width, height: height, now: seconds(0))
    app.press(.down, .down, .character(")"))
    try picture("measured")
    app.press(.character("0"))
    try picture("whole")
    app.press(.character("v"))
    try picture("machines")
    app.press(.character("u"), .character("v"))
    try picture("fibers")
  }

  @Test func twinsInASCII() throws {
    let run = Self.run()
    var app = try app(run, width: 80, height: 24, isASCII: true)
    let canvas = app.draw(run.history, width: 80, height: 24, now: seconds(0))
    for cell in canvas.cells { #expect(cell.scalar < 0x7F) }
    try Golden.check(canvas, "timeline-ascii-80x24")
  }

  @Test func manyProcessors() throws {
    let run = Self.run(processors: 128, seed: 5, events: 12_000)
    var app = try app(run, width: 200, height: 60)
    for _ in 0..<70 { app.press(.down) }
    app.press(.character("0"))
    try Golden.check(app.draw(run.history, width: 200, height: 60, now: seconds(0)), "timeline-128P-200x60")
  }
}
