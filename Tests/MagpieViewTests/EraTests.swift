import MagpieModel
import MagpieTrace
import Testing

@testable import MagpieView

/// What the Stage of each era looks like, and what the other views say there.
@Suite struct EraTests {
  static let sizes = [(80, 24), (120, 36), (200, 60)]

  /// The moments that are kept as pictures.
  static let moments: [(name: String, history: History, kernel: KernelFacts)] = [
    ("serial", EraRehearsal.serial().history, KernelFacts(threads: 1, voluntary: 12, involuntary: 3)),
    ("nto1", EraRehearsal.nto1().history, KernelFacts(threads: 1, voluntary: 12, involuntary: 3)),
    (
      "nto1-stopped", EraRehearsal.nto1(isStopped: true).history, KernelFacts(threads: 1, voluntary: 12, involuntary: 3)
    ),
    ("global", EraRehearsal.global().history, KernelFacts(threads: 6, voluntary: 1204, involuntary: 33)),
    (
      "distributed", EraRehearsal.distributed(inCalls: 8, finds: false).history,
      KernelFacts(threads: 12, voluntary: 1204, involuntary: 33)
    ),
    (
      "distributed-1000", EraRehearsal.distributed(inCalls: 1000, finds: false).history,
      KernelFacts(threads: 1004, voluntary: 1204, involuntary: 33)
    ),
    ("threads", EraRehearsal.crowd(.threads, 12).history, KernelFacts(threads: 12, voluntary: 340, involuntary: 18)),
    (
      "threads-400", EraRehearsal.crowd(.threads, 400).history,
      KernelFacts(threads: 400, voluntary: 340, involuntary: 18)
    ),
    (
      "processes", EraRehearsal.crowd(.processes, 9).history,
      KernelFacts(processes: 9, threads: 9, voluntary: 340, involuntary: 18)
    ),
    (
      "processes-60", EraRehearsal.crowd(.processes, 60).history,
      KernelFacts(processes: 60, threads: 60, voluntary: 340, involuntary: 18)
    ),
  ]

  private func facts(_ kernel: KernelFacts, _ status: ProgramStatus = .held) -> ProgramFacts {
    var facts = ProgramFacts.sample(status)
    facts.kernel = kernel
    return facts
  }

  @Test("Each era's Stage", arguments: sizes)
  func stage(width: Int, height: Int) throws {
    for (name, history, kernel) in EraTests.moments {
      #expect(history.live.findingCount == 0, "\(name): \(history.live.findings.prefix(3))")
      for (kind, language, isASCII) in [
        ("", Language.english, false), ("zh-", .chinese, false), ("ascii-", .english, true),
      ] {
        if isASCII, width != 120 { continue }
        var app = try App.sample(language: language, isASCII: isASCII)
        app.observe(facts(kernel), history)
        _ = app.draw(history, width: width, height: height, now: seconds(0))
        let canvas = app.draw(history, width: width, height: height, now: seconds(1))
        if isASCII { for cell in canvas.cells { #expect(cell.scalar < 0x7F) } }
        try Golden.check(canvas, "era-\(name)-\(kind)\(width)x\(height)")
      }
    }
  }

  /// One moment of each era.
  private static let one = moments.filter { !$0.name.contains("-") }

  @Test("Each era in big letters", arguments: sizes)
  func big(width: Int, height: Int) throws {
    for (name, history, kernel) in EraTests.one + EraTests.moments.filter({ $0.name == "nto1-stopped" }) {
      for language in Language.allCases {
        var app = try App.sample(language: language)
        app.press(.character("B"))
        app.observe(facts(kernel), history)
        let canvas = app.draw(history, width: width, height: height, now: seconds(0))
        try Golden.check(canvas, "era-big-\(name)-\(language == .chinese ? "zh-" : "")\(width)x\(height)")
      }
    }
  }

  @Test("The other views", arguments: Language.allCases)
  func otherViews(_ language: Language) throws {
    for (name, history, kernel) in EraTests.one {
      for (view, keys) in ViewPictureTests.views where view != "stage" {
        var app = try App.sample(language: language)
        app.observe(facts(kernel), history)
        for key in keys {
          repeat { _ = app.draw(history, width: 120, height: 36, now: seconds(0)) } while app.isReading
          app.press(key)
        }
        repeat { _ = app.draw(history, width: 120, height: 36, now: seconds(1)) } while app.isReading
        let canvas = app.draw(history, width: 120, height: 36, now: seconds(3))
        try Golden.check(canvas, "era-\(view)-\(name)-\(language.rawValue)-120x36")
      }
    }
  }

  /// Wherever there are no Ps, none is named.
  @Test("No view names a P", arguments: sizes, Language.allCases)
  func noProcessors(_ size: (Int, Int), _ language: Language) throws {
    for (name, history, kernel) in EraTests.one {
      var app = try App.sample(language: language)
      app.observe(facts(kernel), history)
      let views: [[Key]] =
        ViewPictureTests.views.map(\.keys) + [[.character("?")], [.character("2"), .character("v"), .character("v")]]
      for keys in views {
        for key in keys {
          repeat { _ = app.draw(history, width: size.0, height: size.1, now: seconds(0)) } while app.isReading
          app.press(key)
        }
        repeat { _ = app.draw(history, width: size.0, height: size.1, now: seconds(1)) } while app.isReading
        let lines = Golden.lines(app.draw(history, width: size.0, height: size.1, now: seconds(3)))
        for line in lines {
          // The name of a key is no processor.
          let words = line.split { !$0.isLetter && !$0.isNumber }
          let isKey = keys == [.character("?")]
          #expect(
            !words.contains {
              $0.first == "P" && $0.count > 1 && $0.dropFirst().allSatisfy(\.isNumber) || $0 == "P" && !isKey
            },
            "\(name) \(keys): \(line)")
        }
        if keys == [.character("?")] { app.press(.character("?")) }
      }
    }
  }

  @Test("Where there are no steals, ] goes to the next start, or to the next wait")
  func whatIsLookedForUnasked() throws {
    let kinds: [Era: Set<EventKind>] = [
      .serial: [.fiberStart], .nto1: [.fiberStart], .global: [.fiberStart],
      .distributed: [.stealTook, .stealTookRunNext],
      .threads: [.fiberPark], .processes: [.fiberPark],
    ]
    for (name, history, kernel) in EraTests.one {
      let era = history.live.era
      var app = try App.sample()
      app.observe(facts(kernel), history)
      _ = app.draw(history, width: 200, height: 60, now: seconds(0))
      // At the live edge the program goes on until one comes.
      let wanted = try #require(kinds[era])
      #expect(app.press(.character("]")) == [.runUntil(Filter(kinds: wanted))], "\(name)")
      app.observe(facts(kernel), history)
      app.press(.character("["))
      let lines = Golden.lines(app.draw(history, width: 200, height: 60, now: seconds(1)))
      if let event = history.event(at: app.shown), app.shown < history.count {
        #expect(event.kind.map { wanted.contains($0) } == true, "\(name)")
      }
      let word = era == .distributed ? "steals" : era.hasFibers ? "starts" : "waits"
      #expect(lines.last { $0.contains("quit") }?.contains("[ ] \(word)") == true, "\(name)")
    }
  }

  @Test("At the live edge a call that stops everything lasts as long as the program's clock says")
  func lengthOfTheCallThatStopsAll() throws {
    let history = EraRehearsal.nto1(isStopped: true).history
    var app = try App.sample()
    var facts = facts(KernelFacts(threads: 1, voluntary: 12, involuntary: 3), .running)
    func line() -> String? {
      app.observe(facts, history)
      return Golden.lines(app.draw(history, width: 120, height: 36, now: seconds(9))).first { $0.contains("in read") }
    }
    #expect(line()?.contains("in read for") == false)
    facts.time = history.live.time + 34_000_000
    #expect(line()?.contains("in read for 34 ms") == true)
    // Of what has been, only what was known then is told.
    app.press(.character(","))
    #expect(line()?.contains("34 ms") != true)
  }

  /// While the program runs, what goes into the queue and out of it is seen on its way.
  @Test func fibersAreSeenOnTheirWay() throws {
    var run = EraRehearsal.nto1()
    var app = try App.sample()
    app.observe(.sample(.running), run.history)
    _ = app.draw(run.history, width: 120, height: 36, now: seconds(0))
    run.take(0)
    app.observe(.sample(.running), run.history)
    _ = app.draw(run.history, width: 120, height: 36, now: seconds(1))
    let before = app.draw(run.history, width: 120, height: 36, now: seconds(1.1))
    let after = app.draw(run.history, width: 120, height: 36, now: seconds(1.4))
    #expect(app.isMoving)
    #expect(before != after)
    _ = app.draw(run.history, width: 120, height: 36, now: seconds(4))
    #expect(!app.isMoving)
  }

  /// A thief that has found nothing passes all queues, one after the other.
  @Test func theThiefIsSeenLooking() throws {
    var run = EraRehearsal.distributed(inCalls: 300, finds: true)
    var app = try App.sample()
    app.observe(.sample(.running), run.history)
    _ = app.draw(run.history, width: 120, height: 36, now: seconds(0))
    run.searchInVain(303, queues: 303)
    app.observe(.sample(.running), run.history)
    func looked(at time: Double) -> Int {
      let canvas = app.draw(run.history, width: 120, height: 36, now: seconds(time))
      return canvas.cells.count { $0.style.ground == .selected && $0.style.role == .steal }
    }
    _ = looked(at: 1)
    let counts = [looked(at: 1.1), looked(at: 1.3), looked(at: 1.5)]
    #expect(counts[0] < counts[1] && counts[1] < counts[2])
    #expect(app.isMoving)
    #expect(looked(at: 4) == 0)
    #expect(!app.isMoving)
    let lines = Golden.lines(app.draw(run.history, width: 120, height: 36, now: seconds(5)))
    #expect(lines.contains { $0.contains("M303 looked 1,208 times at 302 other queues, found nothing") })
  }

  @Test("Of a search that ended before it had seen all, only the queue is marked from which it took")
  func whatAThiefIsKnownToHaveSeen() throws {
    let history = EraRehearsal.distributed(inCalls: 8, finds: true).history
    var app = try App.sample()
    app.observe(facts(KernelFacts(threads: 12)), history)
    let events = (1...history.count).compactMap { history.event(at: $0) }
    let theft = try #require(events.last { $0.kind == .stealTook })
    for time in [0, 1, 2.0] { _ = app.draw(history, width: 120, height: 36, now: seconds(time)) }
    // Back before the search, and forward over it: it is what was stepped over last.
    let found = try #require(events.lastIndex { $0.kind == .searchFind && $0.c > 0 })
    while app.shown > found { app.press(.character(",")) }
    _ = app.draw(history, width: 120, height: 36, now: seconds(3))
    app.press(.character("."))
    _ = app.draw(history, width: 120, height: 36, now: seconds(4))
    let lines = Golden.lines(app.draw(history, width: 120, height: 36, now: seconds(6)))
    let marked = lines.filter { $0.contains("◀ looked at") }
    #expect(marked.count == 1 && marked.first?.contains(" M\(theft.a) ") == true, "\(marked)")
  }

  @Test(arguments: Language.allCases)
  func anyTerminalSizeCanBeDrawn(_ language: Language) throws {
    for (_, history, kernel) in EraTests.one + EraTests.moments.filter({ $0.name.hasSuffix("-400") }) {
      var app = try App.sample(language: language)
      app.observe(facts(kernel), history)
      for _ in 0..<2 {
        for width in stride(from: 1, through: 300, by: 23) {
          for height in stride(from: 1, through: 100, by: 11) {
            let canvas = app.draw(history, width: width, height: height, now: seconds(1))
            #expect(canvas.cells.count == width * height)
          }
        }
        app.press(.character("B"))
      }
    }
  }
}
