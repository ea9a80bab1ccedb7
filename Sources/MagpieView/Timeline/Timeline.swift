import MagpieModel
import MagpieTrace

/// What the lanes are of.
public enum LaneKind: UInt8, Sendable, Hashable, CaseIterable { case processors, machines, fibers }

/// When what ran where: a lane a processor, a machine or a fiber, over a stretch of time.
///
/// The window is a stretch of the whole; the moment that all views share is a line in it, and at the live edge the window
/// follows. Nothing is left out when much is seen at once: a cell then shows which part of its time the lane ran.
struct Timeline: Sendable {
  /// Events that one frame reads for the lanes.
  static let eventsAFrame = 150_000
  /// Events that a step along a lane looks at.
  static let stepLimit = 400_000
  static let historyLength = 64

  /// Where the moment is to go.
  enum Wish: Sendable, Hashable {
    case event(isForward: Bool)
    case screen(isForward: Bool)
    case first, last
    case time(UInt64)
    case mark
  }

  /// A window that was left by a zoom.
  struct Former: Sendable, Hashable {
    var window: TimeWindow?
    var isFitted: Bool
  }

  /// From where times are measured.
  struct Mark: Sendable, Hashable {
    /// The number of its event.
    var number: Int
    var time: UInt64
  }

  /// Where the last frame drew what.
  struct Places: Sendable {
    var plot = Area(x: 0, y: 0, width: 0, height: 0)
    var minimap = Area(x: 0, y: 0, width: 0, height: 0)
    var window = TimeWindow(start: 0, length: 1)
    var whole = TimeWindow(start: 0, length: 1)
    var shown = 0
    var end = 0
    var time: UInt64 = 0
    var firstLane = 0
    var laneHeight = 1
    var lanes: [Subject] = []
  }

  var kind = LaneKind.processors
  /// Nil until the first frame chooses one.
  var window: TimeWindow?
  /// Whether the window is the whole, and stays it.
  var isFitted = false
  var former: [Former] = []
  var mark: Mark?
  /// The lane in focus, by kind.
  var focus: [Int] = [0, 0, 0]
  var index = TimelineIndex()
  var fiberLanes = FiberLanes()
  var fibers: [UInt32] = []
  var wishes: [Wish] = []
  var places = Places()

  /// Whether the next frame shows more although nothing has happened: events are still being read.
  private(set) var isReading = false

  /// The lane in focus.
  var focused: Subject? { places.lanes.indices.contains(focus[kind]) ? places.lanes[focus[kind]] : nil }

  /// What a key does here.
  mutating func perform(_ action: Action) {
    switch action {
    case .up: focus[kind] = max(focus[kind] - 1, 0)
    case .down: focus[kind] = min(focus[kind] + 1, max(places.lanes.count - 1, 0))
    case .left: wishes.append(.event(isForward: false))
    case .right: wishes.append(.event(isForward: true))
    case .pageUp: wishes.append(.screen(isForward: false))
    case .pageDown: wishes.append(.screen(isForward: true))
    case .first: wishes.append(.first)
    case .last: wishes.append(.last)
    case .mark: wishes.append(.mark)
    case .zoomIn: zoom(isIn: true, around: places.time)
    case .zoomOut: zoom(isIn: false, around: places.time)
    case .fit: fit()
    case .undo: undo()
    case .lanes: kind = LaneKind(rawValue: (kind.rawValue + 1) % 3) ?? .processors
    default: break
    }
  }

  // MARK: the window

  mutating func zoom(isIn: Bool, around time: UInt64) {
    let from = places.window
    guard isIn ? from.length > TimeWindow.shortest : from.length < places.whole.length else { return }
    let zoomed = from.zoomed(isIn: isIn, around: time)
    if zoomed.length >= places.whole.length { return fit() }
    leave()
    window = zoomed
    isFitted = false
    places.window = zoomed
  }

  private mutating func fit() {
    guard !isFitted else { return }
    leave()
    isFitted = true
    places.window = places.whole
  }

  private mutating func undo() {
    guard let last = former.popLast() else { return }
    window = last.window
    isFitted = last.isFitted
    places.window = isFitted ? places.whole : window ?? places.window
  }

  private mutating func leave() {
    former.append(Former(window: places.window, isFitted: isFitted))
    if former.count > Timeline.historyLength { former.removeFirst() }
  }

  // MARK: the moment

  /// The number of the event that is to be shown, since this was last asked.
  /// - Parameter shown: the number of the one that is.
  mutating func takeWish(_ history: History, shown: Int) -> Int? {
    guard !wishes.isEmpty else { return nil }
    var target = shown
    for wish in wishes {
      switch wish {
      case .event(let isForward): target = next(after: target, isForward, history)
      case .screen(let isForward):
        let time = history.event(at: target)?.time ?? places.time
        let length = places.window.length
        target = history.number(at: isForward ? time + length : time - min(length, time))
      case .first: target = history.firstAvailable + 1
      case .last: target = history.count
      case .time(let time): target = nearest(to: time, history)
      case .mark: setMark(at: target, history)
      }
    }
    wishes = []
    return target == shown ? nil : target
  }

  private mutating func setMark(at number: Int, _ history: History) {
    guard let event = history.event(at: number) else { return }
    mark = mark?.number == number ? nil : Mark(number: number, time: event.time)
  }

  private func nearest(to time: UInt64, _ history: History) -> Int {
    let before = history.number(at: time)
    guard let last = history.event(at: before), let next = history.event(at: before + 1) else {
      return max(before, min(history.firstAvailable + 1, history.count))
    }
    return time - min(last.time, time) <= next.time - min(time, next.time) ? before : before + 1
  }

  /// The next event of the lane in focus; where there is none near, the moment stays.
  private func next(after number: Int, _ isForward: Bool, _ history: History) -> Int {
    let step = isForward ? 1 : -1
    guard let focused else { return number + step }
    var candidate = number + step
    for _ in 0..<Timeline.stepLimit {
      guard let event = history.event(at: candidate) else { break }
      if Timeline.concerns(event, focused) { return candidate }
      candidate += step
    }
    // Going forward, what follows the lane's last event is the present.
    return isForward && candidate > history.count ? history.count : number
  }

  static func concerns(_ event: Event, _ subject: Subject) -> Bool {
    switch subject {
    case .processor(let id):
      if Int(event.processor) == id { return true }
      let isSteal = event.kind == .stealTook || event.kind == .stealTookRunNext
      return isSteal && Int(event.a) == id
    case .machine(let id):
      if event.machine == id { return true }
      return event.kind == .machineWake && UInt16(truncatingIfNeeded: event.a) == id
        || event.kind == .machineStart && event.a == UInt32(id)
    case .fiber(let id): return event.fiber == id || event.kind == .fiberReady && event.a == id
    default: return false
    }
  }

  // MARK: a frame

  mutating func draw(
    _ canvas: inout Canvas, _ area: Area, _ scene: Scene, selection: Subject? = nil, _ zoomed: Pane? = nil
  ) {
    index.advance(in: scene.history, limit: Timeline.eventsAFrame, runsOn: scene.facts.status == .running)
    isReading = index.next < scene.history.count
    place(scene)
    // Where there are no Ps there are no lanes of theirs.
    if scene.state.era != .mpn, kind == .processors { kind = .machines }
    let layout = TimelineLayout(area, kind: kind, lanes: laneCount(scene), zoomed)
    if kind == .fibers {
      chooseFibers(scene, rows: layout.rows, selection: selection)
      readFibers(scene)
    }
    remember(layout, scene)
    TimelinePicture(timeline: self, layout: layout, scene: scene).draw(&canvas)
  }

  private func laneCount(_ scene: Scene) -> Int? {
    switch kind {
    case .processors: max(scene.state.activeProcessorCount, 1)
    case .machines: max(scene.state.machineCount, 1)
    case .fibers: nil
    }
  }

  /// Finds the window of this frame: it stays where it is unless the moment has left it, or moves with the live edge.
  private mutating func place(_ scene: Scene) {
    let end = max(scene.history.live.time, index.begin + 1)
    places.whole = TimeWindow(start: index.begin, length: end - index.begin)
    let time = min(max(scene.state.time, index.begin), end)
    let hasMoved = places.shown != scene.shown || places.end != scene.end
    defer {
      places.shown = scene.shown
      places.end = scene.end
      places.time = time
    }
    if isFitted {
      window = places.whole
    } else if var now = window ?? first(scene, time) {
      let isLive = scene.shown == scene.end
      if window == nil || hasMoved && (isLive || !now.contains(time)) {
        // At the live edge a little room is left, as it is when a step has gone out of sight.
        let margin = now.length / 16
        if isLive || time > now.end {
          let start = time + margin
          now.start = start - min(now.length, start)
        } else {
          now.start = time - min(margin, time)
        }
        if time < now.start || time > now.end { now.start = time - min(now.length / 2, time) }
      }
      now.start = max(now.start, min(index.begin, time))
      window = now
    }
    places.window = window ?? places.whole
  }

  /// The window to begin with: some hundred events up to the moment.
  private func first(_ scene: Scene, _ time: UInt64) -> TimeWindow? {
    let number = max(scene.shown - 150, scene.history.firstAvailable + 1)
    guard let event = scene.history.event(at: number) else { return nil }
    let length = TimeWindow.round(above: max(time - min(event.time, time), TimeWindow.shortest))
    return TimeWindow(start: time - min(length, time), length: length)
  }

  private mutating func remember(_ layout: TimelineLayout, _ scene: Scene) {
    places.lanes =
      switch kind {
      case .processors: (0..<max(scene.state.activeProcessorCount, 1)).map { .processor($0) }
      case .machines:
        (0..<scene.state.machineCount).filter { index.machines.indices.contains($0) }
          .map { .machine(UInt16(truncatingIfNeeded: $0)) }
      case .fibers: fibers.map { .fiber($0) }
      }
    focus[kind] = min(max(focus[kind], 0), max(places.lanes.count - 1, 0))
    places.plot = layout.plot
    places.minimap = layout.minimap
    places.laneHeight = layout.laneHeight
    // The lane in focus is always seen, and of the others as many as fit.
    let first = min(places.firstLane, max(places.lanes.count - layout.rows, 0))
    places.firstLane = min(max(first, focus[kind] - layout.rows + 1), focus[kind])
  }

  /// Reads what the window needs of the fibers that are shown.
  private mutating func readFibers(_ scene: Scene) {
    let history = scene.history
    let from = max(history.number(at: places.window.start - min(places.window.start, 1)), history.firstAvailable)
    let last = history.number(at: places.window.end)
    fiberLanes.follow(fibers, from: from, in: history)
    fiberLanes.advance(in: history, upTo: last, limit: Timeline.eventsAFrame)
    if fiberLanes.next < last { isReading = true }
  }
}

extension [Int] {
  subscript(kind: LaneKind) -> Int {
    get { self[Int(kind.rawValue)] }
    set { self[Int(kind.rawValue)] = newValue }
  }
}
