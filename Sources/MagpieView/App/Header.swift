import MagpieModel

/// The header: what the program does, what the view shows, and whether all is well. One line from 120 columns on, two
/// below.
struct Header {
  let scene: Scene
  let width: Int
  private var isWide: Bool { width >= Header.wide }
  /// From here on the header has room for how many Ps, Ms and fibers there are.
  static let wide = 180

  /// Watching that costs less than this is not worth a word.
  static let leastSlowdown = 1.2

  static func height(width: Int) -> Int { width >= 120 ? 1 : 2 }

  func draw(_ canvas: inout Canvas) {
    let say = scene.say
    let height = Header.height(width: canvas.width)
    canvas.clear(Area(x: 0, y: 0, width: canvas.width, height: height), Style(.text, on: .bar))
    let dim = Style(.dim, on: .bar)
    var x = canvas.write("magpie", x: 1, y: 0, Style(.title, on: .bar, bold: true))
    x = canvas.write(scene.facts.scenario, x: x + 2, y: 0, Style(.text, on: .bar), limit: 16)
    for extra in isForBoth ? [] : extras { x = canvas.write(extra, x: x + 2, y: 0, dim) }
    if height == 1 {
      x = badge(&canvas, x: x + 2)
      x = row(&canvas, x: x + 2, y: 0, gap: isWide ? 3 : 2, [tempo] + times + [event] + watched)
    } else {
      x = badge(&canvas, x: max(min(x + 2, canvas.width - badgeWidth), 0))
      let text = say(.tempo(scene.facts.tempo))
      // The audit's sign needs two cells, whatever else there is.
      if x + 4 + Canvas.width(of: text) < canvas.width { x = canvas.write(text, x: x + 2, y: 0, dim) }
      audit(&canvas, right: canvas.width - 1, y: 0, from: x + 1)
      row(&canvas, x: 1, y: 1, gap: 2, [event] + times + watched.dropLast(), keepsLast: false)
    }
  }

  private typealias Part = (text: String, style: Style)

  /// What the scheduler is called, and how much of everything there is: where it leaves room for all that the header always
  /// holds, however large the numbers, so that nothing jumps.
  private var extras: [String] {
    if isWide { return [era, population] }
    return Header.namesEra(width: width) ? [era] : []
  }

  /// Whether there is room for the scheduler's name.
  static func namesEra(width: Int) -> Bool { (72..<120).contains(width) || width >= 132 }

  private var era: String { scene.say(.era(.name(scene.state.era))) }

  /// How many may run, on how many CPUs; nil where that is no choice of the runtime's.
  private var mayRun: String? {
    let count = scene.state.wantedProcessorCount
    switch scene.state.era {
    case .mpn: return scene.say(.processorsOnCPUs(count, scene.facts.cpus))
    case .global, .distributed: return scene.say(.era(.mayRunOnCPUs(count, scene.facts.cpus)))
    case .serial, .processes, .threads, .nto1: return nil
    }
  }

  private var population: String {
    let machines = (0..<scene.state.machineCount).reduce(0) { count, id in
      guard let machine = scene.state.machine(id), machine.activity != .ended else { return count }
      return count + 1
    }
    let counted = scene.state.era == .processes ? [] : [scene.say(.machines(machines))]
    return ([mayRun].compactMap { $0 } + counted + [scene.say(.fibers(scene.state.liveFiberCount))])
      .joined(separator: " · ")
  }

  private var tempo: Part { (scene.say(.tempo(scene.facts.tempo)), Style(.dim, on: .bar)) }
  /// Of two runs, each side says its own.
  private var times: [Part] { isForBoth ? [] : [time] }
  private var isForBoth: Bool { scene.playback?.isForBoth == true }
  /// Of what is over, nothing goes on that could be watched.
  private var watched: [Part] {
    guard scene.playback != nil else { return watch }
    return [(scene.say(.lost(scene.state.lostEvents)), Style(.dim, on: .bar)), auditPart]
  }
  private var time: Part { (scene.say(.time(scene.state.time)), Style(.text, on: .bar)) }
  private var event: Part {
    (scene.say(.eventOf(UInt64(scene.shown), UInt64(scene.end))), Style(.text, on: .bar))
  }

  /// How the watching goes, the most important first but the audit, which comes last.
  private var watch: [Part] {
    let say = scene.say
    let facts = scene.facts
    let dim = Style(.dim, on: .bar)
    let lost = max(facts.lost, scene.state.lostEvents)
    var parts: [Part] = [(say(.lost(lost)), lost > 0 ? Style(.error, on: .bar, bold: true) : dim)]
    parts.append((say(.rate(facts.status == .running ? facts.rate : 0)), dim))
    if width < 120, let mayRun { parts.append((mayRun, dim)) }
    if let seen = facts.seen { parts.append((say(.seen(seen)), Style(.blocked, on: .bar))) }
    if let slowdown = facts.slowdown, slowdown >= Header.leastSlowdown {
      parts.append((say(.slowed(slowdown)), Style(.blocked, on: .bar)))
    }
    parts.append(auditPart)
    return parts
  }

  private var auditPart: Part {
    let findings = scene.playback?.findings ?? scene.history.live.findingCount
    if findings > 0 { return (scene.say(.findings(findings)), Style(.inverse, on: .error, bold: true)) }
    if scene.playback?.isDeadlocked ?? scene.facts.isDeadlocked {
      return (scene.say(.deadlock), Style(.inverse, on: .error, bold: true))
    }
    return (scene.say(.auditClean), Style(.good, on: .bar))
  }

  private func audit(_ canvas: inout Canvas, right: Int, y: Int, from x: Int) {
    let length = Canvas.width(of: auditPart.text)
    if right - length >= x {
      canvas.write(auditPart.text, x: right - length, y: y, auditPart.style)
    } else if right > x {
      let isBad = auditPart.style.ground == .error
      canvas.write(isBad ? "✗" : "✓", x: right - 1, y: y, auditPart.style)
    }
  }

  /// Parts from left to right as far as there is room; where it is short the gaps give way first. The last part is never left
  /// out if it is to be kept: others make room for it.
  @discardableResult
  private func row(
    _ canvas: inout Canvas, x: Int, y: Int, gap: Int, _ parts: [Part], keepsLast: Bool = true
  ) -> Int {
    var parts = parts
    let room = canvas.width - 1 - x
    func length(gap: Int) -> Int { parts.reduce(-gap) { $0 + gap + Canvas.width(of: $1.text) } }
    while parts.count > 1, length(gap: 1) > room { parts.remove(at: parts.count - (keepsLast ? 2 : 1)) }
    let gap = length(gap: gap) > room ? 1 : gap
    var column = x
    for part in parts {
      canvas.write(part.text, x: column, y: y, part.style, limit: max(canvas.width - 1 - column, 0))
      column += Canvas.width(of: part.text) + gap
    }
    return column
  }

  private var badgeText: String {
    if let lesson = scene.lesson, lesson.isPrepared, lesson.missing == nil {
      let count = lesson.lesson.stops.count
      return (lesson.isPlaying ? "▶ " : "■ ")
        + scene.say(.lessonStop(lesson.index + 1, count, isPlaying: lesson.isPlaying))
    }
    if let playback = scene.playback {
      return (playback.mode == .plays ? "▶ " : "■ ") + scene.say(playback.phrase)
    }
    let view = scene.shown < scene.end ? scene.say(.back(UInt64(scene.end - scene.shown))) : scene.say(.live)
    let mark =
      switch scene.facts.status {
      case .running: "▶"
      case .held: "■"
      case .stepping: "◆"
      case .ended: "■"
      }
    return "\(mark) \(scene.say(.status(scene.facts.status))) · \(view)"
  }

  private var badgeWidth: Int { Canvas.width(of: badgeText) + 2 }

  /// The two states, in colour and in words.
  @discardableResult
  private func badge(_ canvas: inout Canvas, x: Int) -> Int {
    let status: Ground =
      switch scene.facts.status {
      case .running: .live
      case .held, .stepping: .held
      case .ended: .back
      }
    if let playback = scene.playback {
      let ground: Ground = playback.mode == .plays ? .live : playback.mode == .held ? .held : .back
      return canvas.chip(badgeText, x: x, y: 0, Style(.inverse, on: ground, bold: true))
    }
    let ground: Ground =
      scene.lesson != nil ? scene.lesson?.isPlaying == true ? .live : .held : scene.shown < scene.end ? .back : status
    return canvas.chip(badgeText, x: x, y: 0, Style(.inverse, on: ground, bold: true))
  }
}
