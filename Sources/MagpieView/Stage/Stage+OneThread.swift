import MagpieModel
import MagpieTrace

/// Where everything is when there is one thread: its card, the line behind it, the way from one to the other's end, and a band for
/// what stops all.
struct OneThreadLayout {
  let card: Area
  let queue: Area
  /// The line under both, along which fibers go to the end of the queue.
  let lane: Int?
  let band: Area
  let rest: Area

  init(_ area: Area, hasRest: Bool) {
    let gap = area.width >= 100 ? 12 : area.width >= 70 ? 8 : 4
    let cardWidth = min(max((area.width - gap) * 38 / 100, 18), 56)
    // The queue has what neither the band nor the boxes need.
    let spare = area.height - (hasRest ? 28 : 20)
    let height =
      area.height >= 30
      ? 9 + max(min(spare, hasRest ? 6 : 12), 0) : area.height >= 18 ? 6 : area.height >= 12 ? 5 : min(area.height, 4)
    card = Area(x: area.x, y: area.y, width: cardWidth, height: height)
    queue = Area(x: card.right + gap, y: area.y, width: area.right - card.right - gap, height: height)
    let left = area.height - height
    lane = left >= 4 ? card.bottom + 1 : nil
    let top = card.bottom + (lane == nil ? 0 : 2) + (left >= 12 ? 1 : 0)
    let room = area.bottom - top
    let band = room >= 18 ? 7 : room >= 10 ? 5 : min(room - (hasRest && room > 1 ? 1 : 0), 3)
    self.band = Area(x: area.x, y: top, width: area.width, height: band)
    let below = self.band.bottom + (room >= 10 ? 1 : 0)
    rest = Area(
      x: area.x, y: below, width: area.width, height: min(area.bottom - below - (area.height >= 18 ? 1 : 0), 8))
  }
}

extension Stage {
  /// The fiber that has the only thread: it runs there, or has stopped in the middle.
  var holderOfThread: FiberState? {
    if let fiber = state.machine(0)?.fiber { return state.fiber(fiber) }
    return state.era == .serial ? state.liveFibers.first { $0.starts > 0 } : nil
  }

  /// What keeps the only thread, if something does.
  func standStill(_ fiber: FiberState) -> StandStill? {
    switch fiber.place {
    case .blocked: .call(callName)
    case .parked(let reason, let object): .park(reason, object: object)
    default: nil
    }
  }

  private var callName: String {
    guard case .blocked(let what, _)? = state.machine(0)?.activity, what != 0 else { return "" }
    return scene.history.string(what) ?? ""
  }

  func drawThread(_ canvas: inout Canvas, _ area: Area) {
    let holder = holderOfThread
    let does = holder.flatMap { standStill($0) }
    canvas.mark(.machine(0), area)
    canvas.frame(
      area, title: say(.era(.onlyThread)), Style(.title, bold: true), note: say(.busy(busy(state.processor(0)))),
      Style(.dim), rule: Style(does == nil ? .rule : .blocked))
    let x = area.x + 2
    let width = area.width - 4
    guard let holder else {
      let text: Phrase = state.globalCount > 0 ? .looksForWork : .era(.nothingToRun)
      canvas.write(say(text), x: x, y: area.y + 1, Style(.ghost), limit: width)
      return
    }
    drawRun(&canvas, holder.id, isStopped: does != nil, x: x, y: area.y + 1, width: width)
    let time = scene.time &- holder.since
    let text: Phrase =
      switch does {
      case .call(let name)?: .era(.inCall(name: name, time))
      case .park(let reason, let object)?: .era(.waitsOnThread(reason, object: object, time))
      case nil: .era(.hasRun(time))
      }
    guard area.height > 3 else { return }
    canvas.write(say(text), x: x, y: area.y + 2, Style(does == nil ? .dim : .blocked), limit: width)
    guard area.height > 4 else { return }
    let y = area.height > 5 ? area.bottom - 2 : area.y + 3
    canvas.write(say(.era(.finished(state.fibersFinished))), x: x, y: y, Style(.dim), limit: width)
  }

  func drawLine(_ canvas: inout Canvas, _ area: Area, title: Phrase) {
    canvas.mark(.globalQueue, area)
    canvas.frame(
      area, title: say(title), Style(.runnable, bold: true), note: say(.waiting(state.globalCount)))
    let inside = Area(x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2)
    drawQueue(&canvas, inside, count: state.globalCount) { state.globalFiber(at: $0) }
  }

  /// From the head of the queue to the thread, and from the thread to the queue's end.
  func drawOneThreadFlights(_ canvas: inout Canvas, _ layout: OneThreadLayout, _ motion: Motion) {
    let y = layout.card.y + 1
    canvas.line(x: layout.card.right + 1, y: y, length: layout.queue.x - layout.card.right - 2)
    canvas.put(.left, x: layout.card.right, y: y, Style(.rule))
    for flight in motion.flights {
      let style = Style(flight.role, fade: motion.fade(flight))
      let progress = motion.progress(flight)
      switch flight.what {
      case .globalTake:
        let trail = Trail([.init(x: layout.queue.x - 1, y: y), .init(x: layout.card.right, y: y)])
        trail.draw(&canvas, progress: progress, style)
        let room = layout.queue.x - layout.card.right
        if let fiber = flight.fibers.first, progress < 1, room >= Canvas.width(of: "\(fiber)") + 2 {
          let way = Double(room - Canvas.width(of: "\(fiber)") - 2)
          canvas.chip(
            fiber: fiber, x: layout.card.right + Int(way * (1 - progress)), y: y,
            Style(.runnable, on: .chip, bold: true))
        }
      case .globalPush:
        guard let lane = layout.lane else { continue }
        let from = layout.card.middle
        let to = layout.queue.right - 5
        let trail = Trail([
          .init(x: from, y: layout.card.bottom), .init(x: from, y: lane), .init(x: to, y: lane),
          .init(x: to, y: layout.queue.bottom),
        ])
        trail.draw(&canvas, progress: progress, style, origin: .init(x: from, y: layout.card.bottom - 1), arrow: .up)
        let name = flight.times == 1 ? flight.fibers.first.map { "G\($0) " } ?? "" : ""
        let text = " " + name + say(.era(.toTheTail(flight.times))) + " "
        canvas.writeCentered(
          text, Area(x: from + 1, y: lane, width: to - from - 1, height: 1), y: lane, style.bold)
      default: continue
      }
    }
  }
}
