import MagpieModel
import MagpieTrace

/// A subject in a few sentences: what it is and does, what happened to it last, and by which rule.
struct Explanation {
  let title: String
  /// From the most important on.
  let lines: [(text: String, role: Role)]

  init(_ subject: Subject, _ past: Explainer.Past, _ scene: Scene) {
    let say = scene.say
    let state = scene.state
    var lines: [(text: String, role: Role)] = []
    switch subject {
    case .fiber(let id):
      title = Explanation.name(of: id, scene)
      if let fiber = state.fiber(id) {
        lines.append((say(.fiberIs(fiber, now: state.time, era: state.era)), .text))
        if let origin = Explanation.origin(of: fiber, scene) { lines.append((origin, .text)) }
      } else {
        lines.append((say(.fiberHasEnded), .text))
      }
    case .processor(let id):
      title =
        state.era == .mpn ? "P\(id)" : state.era == .distributed ? say(.era(.queueOf(id))) : say(.era(.permit))
      lines.append((say(.processorIs(state.processor(id), era: state.era)), .text))
    case .machine(let id):
      title = scene.machineName(id)
      if let machine = state.machine(Int(id)) {
        let call = if case .blocked(let what, _) = machine.activity { scene.history.string(what) ?? "" } else { "" }
        lines.append((say(.machineIs(machine, call: call, now: state.time, era: state.era)), .text))
      }
    case .object(let id):
      let object = state.object(id)
      title = say(.object(object?.kind ?? .unknown, id))
      if let object { lines.append((say(.objectIs(object)), .text)) }
    case .event(let number):
      title = say(.eventTitle(UInt64(max(number, 0))))
    case .globalQueue:
      title = say(state.era == .global ? .era(.oneQueue) : state.era.isOneThread ? .era(.runQueue) : .globalQueue)
      lines.append((say(.globalQueueIs(state.globalCount, era: state.era)), .text))
    case .timers:
      title = say(.timers)
      lines.append((say(.timersAre(state.timerCount, era: state.era)), .text))
    case .blockingCalls:
      title = say(.blockingCalls)
      lines.append((say(.blockingAre(state.blockedMachines.count, era: state.era)), .text))
    case .poller:
      title = say(.poller)
      lines.append((say(.pollerIs), .text))
    case .sysmon:
      title = "sysmon"
      lines.append((say(.sysmonIs(state.sysmon.sleepMicroseconds, era: state.era)), .text))
    }
    if let start = past.start, let way = Explanation.way(to: start, scene) { lines.append((way, .text)) }
    if let last = past.last, let event = scene.history.event(at: last) {
      let story = Story(event, number: last, scene)
      let details = story.looks.isEmpty ? story.text.details : story.looks.joined(separator: " · ")
      let what = (story.subject.isEmpty ? "" : story.subject + " ") + story.text.what
      let ago = state.time > event.time ? state.time - event.time : 0
      let isThis = if case .event = subject { true } else { false }
      let when = isThis ? Numbers.seconds(event.time) + " s" : say(.ago(ago))
      lines.append((when + ": " + what + (details.isEmpty ? "" : " — " + details), story.text.role))
      lines.append((story.why, .dim))
    } else {
      lines.append((say(.nothingLately), .dim))
    }
    self.lines = lines
  }

  /// How a fiber was found that started: the looks of the search, in order.
  private static func way(to start: Int, _ scene: Scene) -> String? {
    guard let event = scene.history.event(at: start) else { return nil }
    for number in stride(from: start - 1, to: max(start - 64, 0), by: -1) {
      guard let find = scene.history.event(at: number), find.machine == event.machine else { continue }
      guard find.kind == .searchFind else { continue }
      guard find.fiber == event.fiber else { return nil }
      let looks = Story(find, number: number, scene).looks
      return scene.say(
        .foundBy(
          machine: Int(event.machine), processor: Int(event.processor), looks: looks, era: scene.state.era))
    }
    return nil
  }

  /// A fiber's number with its name.
  private static func name(of fiber: UInt32, _ scene: Scene) -> String {
    let name = scene.name(of: fiber)
    return name.isEmpty ? "G\(fiber)" : "G\(fiber) \(name)"
  }

  /// How a fiber came to be able to run: who woke it, or who made it.
  private static func origin(of fiber: FiberState, _ scene: Scene) -> String? {
    if let cause = fiber.wakeCause {
      let waker = fiber.wokenBy == 0 ? nil : name(of: fiber.wokenBy, scene)
      return scene.say(.wasWoken(by: waker, cause, starts: Int(fiber.starts), ran: fiber.ranNanoseconds))
    }
    let parent = fiber.parent == 0 ? nil : name(of: fiber.parent, scene)
    return scene.say(.wasCreated(by: parent, starts: Int(fiber.starts), ran: fiber.ranNanoseconds))
  }
}
