public import MagpieModel
import MagpieTrace

/// Two runs that are over, side by side on one clock: what is shown of them, and how it goes on.
public struct Comparison: Sendable {
  /// What the screen keeps of one side.
  struct Side: Sendable {
    let run: ComparedRun
    /// Tasks that there ever were.
    let created: Int
    let findings: Int
    let isDeadlocked: Bool
    var cursor: History.Cursor
    var motion = Motion()
    var teller = Teller()
    var finder = Finder()
    /// What the finder has found.
    var found: Int?

    init(_ run: ComparedRun) {
      self.run = run
      let live = run.history.live
      created = Int(live.fibersCreated)
      findings = live.findingCount
      isDeadlocked = run.facts.isDeadlocked || live.deadlockedFibers != nil
      cursor = History.Cursor(run.history, at: run.history.firstAvailable)
    }
  }

  /// A play from beginning to end takes about so many real nanoseconds.
  private static let wholePlay: UInt64 = 25_000_000_000

  /// Left and right.
  var sides: [Side]
  public internal(set) var pair: SideBySide
  /// The side that the other views show.
  public internal(set) var focus = 0
  public private(set) var isPlaying = true
  /// Virtual time goes by at 1/N of real time.
  public internal(set) var tempo: Int
  private var lastFrame: UInt64?
  private var isForward = true
  /// Where the clock's bar and the sides are, as they were drawn last.
  var bar = Area(x: 0, y: 0, width: 0, height: 0)
  var areas: [Area] = []

  /// - Complexity: O(events).
  public init(_ left: ComparedRun, _ right: ComparedRun) {
    sides = [Side(left), Side(right)]
    pair = SideBySide(Course(left.history), Course(right.history))
    let longest = max(left.history.live.time, right.history.live.time)
    tempo = App.tempos.last { longest < Comparison.wholePlay / UInt64($0) } ?? 1
  }

  // MARK: what is shown

  var moment: Int { pair.moments[focus] }
  /// Tasks of the larger run: what progress counts up to.
  var tasks: Int { max(sides[0].created, sides[1].created) }
  var findings: Int { sides[0].findings + sides[1].findings }
  var isFine: Bool { findings == 0 && !isDeadlocked && sides.allSatisfy { $0.run.isFine } }
  var isDeadlocked: Bool { sides.contains { $0.isDeadlocked } }
  /// Whether the next frame differs although no key was pressed.
  var isMoving: Bool { isPlaying || isSearching || sides.contains { $0.motion.isMoving } }
  var isSearching: Bool { sides.contains { $0.finder.isSearching } }

  var playback: Playback {
    Playback(
      mode: isPlaying ? .plays : pair.isAtEnd ? .ended : .held, isForBoth: false, findings: findings,
      isDeadlocked: isDeadlocked)
  }

  /// Virtual nanoseconds since each side began: the clock's, where they are aligned by it; of a side that is over, all that it took.
  var times: [UInt64] {
    (0...1).map { side in
      let time = sides[side].cursor.state.time
      return pair.alignment == .progress || pair.isAtEnd(side) ? time : max(time, UInt64(max(pair.place, 0)))
    }
  }

  /// One side at the present moment.
  func scene(_ side: Int, say: Language, now: UInt64) -> Scene {
    var facts = sides[side].run.facts
    facts.tempo = tempo
    facts.status = isPlaying ? .running : pair.isAtEnd(side) ? .ended : .held
    return Scene(
      state: sides[side].cursor.state, history: sides[side].run.history, facts: facts, shown: pair.moments[side],
      end: sides[side].run.history.count, say: say, now: now, playback: playback)
  }

  /// Both, for the header: one sequence of events, on one clock.
  func header(say: Language, now: UInt64) -> Scene {
    var facts = sides[focus].run.facts
    facts.tempo = tempo
    facts.status = isPlaying ? .running : .held
    var playback = playback
    playback.isForBoth = true
    return Scene(
      state: sides[focus].cursor.state, history: sides[focus].run.history, facts: facts,
      shown: pair.moments.reduce(0, +), end: sides.reduce(0) { $0 + $1.run.history.count }, say: say, now: now,
      playback: playback)
  }

  // MARK: moving

  mutating func hold() {
    isPlaying = false
    lastFrame = nil
  }

  /// Plays on, or stands; from the end, it plays from the beginning.
  mutating func playOrHold() {
    if isPlaying { return hold() }
    if pair.isAtEnd { pair.moveToStart() }
    isPlaying = true
  }

  mutating func restart() {
    pair.moveToStart()
    lastFrame = nil
    isPlaying = true
  }

  /// One event on or back, of either side.
  mutating func step(isForward: Bool) {
    hold()
    if isForward { pair.step() } else { pair.stepBack() }
  }

  mutating func look(_ side: Int, at moment: Int) {
    hold()
    pair.move(side, to: moment)
  }

  /// To a part of the way, 0 to 1.
  mutating func scrub(to share: Double) {
    hold()
    if share <= 0 { return pair.moveToStart() }
    if share >= 1 { return pair.moveToEnd() }
    pair.move(to: share * pair.end)
  }

  mutating func align() { pair.align(by: pair.alignment.next, keeping: focus) }

  // MARK: finding

  /// Begins to look for the next event of a filter, on either side.
  mutating func find(_ filter: Filter, _ text: String, isForward: Bool) {
    hold()
    self.isForward = isForward
    let last = pair.previous
    for side in 0...1 {
      sides[side].found = nil
      sides[side].finder.ask(for: filter, text)
      let now = pair.moments[side]
      sides[side].finder.begin(from: isForward ? now + 1 : side == last ? now - 1 : now, isForward: isForward)
    }
  }

  mutating func stopFinding() { for side in 0...1 { sides[side].finder.stop() } }

  /// Goes on looking. - Returns: what there is to say when nothing was found.
  private mutating func search() -> Phrase? {
    guard isSearching else { return nil }
    for side in 0...1 {
      if let found = sides[side].finder.advance(in: sides[side].run.history) { sides[side].found = found }
    }
    guard !isSearching else { return nil }
    let places = (0...1).compactMap { side in
      sides[side].found.map { (side: side, number: $0, place: pair.courses[side].place(at: $0, by: pair.alignment)) }
    }
    let nearest = isForward ? places.min { $0.place < $1.place } : places.last { $0.place >= places[0].place }
    guard let nearest else { return sides[0].finder.notice }
    pair.move(nearest.side, to: nearest.number)
    return nil
  }

  // MARK: frames

  /// Goes on with time. - Returns: what there is to say.
  /// - Complexity: as moving two cursors.
  mutating func advance(now: UInt64) -> Phrase? {
    if isPlaying {
      if let lastFrame, now > lastFrame { pair.play(Double(now - lastFrame) / Double(tempo)) }
      lastFrame = now
      if pair.isAtEnd { hold() }
    }
    let notice = search()
    for side in 0...1 { sides[side].cursor.move(to: pair.moments[side], in: sides[side].run.history) }
    return notice
  }

  /// What travels on the Stages, and what is told.
  mutating func animate(say: Language, now: UInt64) {
    for side in 0...1 {
      let scene = scene(side, say: say, now: now)
      sides[side].motion.advance(scene)
      sides[side].teller.advance(scene)
    }
  }
}

/// How two runs that are compared are played: for header and footer.
struct Playback: Sendable, Hashable {
  enum Mode: UInt8, Sendable, CaseIterable { case plays, held, ended }

  var mode: Mode
  var phrase: Phrase {
    switch mode {
    case .plays: .compare(.playing)
    case .held: .status(.held)
    case .ended: .status(.ended)
    }
  }
  /// Whether what is shown is of both sides; else of one.
  var isForBoth: Bool
  var findings: Int
  var isDeadlocked: Bool
}
