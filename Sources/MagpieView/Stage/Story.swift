import MagpieModel
import MagpieTrace

/// What is told of one event: whose it is, what happened, how the search went that led to it, and which rule it followed.
struct Story {
  let subject: String
  let text: EventText
  let why: String
  /// Each look of the search, in order.
  let looks: [String]

  init(_ event: Event, number: Int, _ scene: Scene) {
    // A search that ended in a steal is told as the steal, with the looks that led to it.
    let isTheft = event.kind == .searchFind && event.fiber != 0
    let steal = isTheft ? Story.steal(before: number, of: event, scene) : nil
    let told = steal ?? event
    text = scene.words(told)
    why = scene.say(.why(told, scene.state.era))
    subject = Story.subject(told, scene)
    looks = Story.looks(event, steal: steal, scene)
  }

  private static func subject(_ event: Event, _ scene: Scene) -> String {
    let machine = scene.machineName(event.machine)
    switch event.kind {
    // With one queue it is the fiber that goes into it and out of it.
    case .globalPush where scene.state.era.hasOneQueue && event.fiber != 0,
      .globalTake where scene.state.era.hasOneQueue:
      return Phrase.subject(event.fiber, scene.name(of: event.fiber))
    case .kernelSample: return scene.machineName(UInt16(truncatingIfNeeded: event.a))
    case .queueOverflow, .globalPush, .globalTake, .stealTook, .stealTookRunNext, .processorIdle, .processorAcquire,
      .processorRelease, .processorBegin, .processorHandoff, .processorRetake, .processorDetach:
      return event.processor == Event.noProcessor || scene.state.era != .mpn ? machine : "P\(event.processor)"
    case .sysmon, .deadlock, .processorCountChanged, .controlGeneration, .waitGroupCount, nil:
      return ""
    case .searchFind, .stealFailed, .machineStart, .machinePark, .machineWake, .machineSpinBegin, .machineSpinEnd,
      .machineExit, .pollerNetpoll, .controlLost, .globalLock:
      return machine
    default:
      let name = scene.name(of: event.fiber)
      return event.fiber == 0 ? "" : Phrase.subject(event.fiber, name)
    }
  }

  private static func looks(_ event: Event, steal: Event?, _ scene: Scene) -> [String] {
    guard event.kind == .searchFind else { return [] }
    var codes: [Look] = []
    var packed = event.ab
    while packed & 15 != 0 {
      if let look = Look(rawValue: UInt8(packed & 15)) { codes.append(look) }
      packed >>= 4
    }
    var result: [String] = []
    for (index, look) in codes.enumerated() {
      let found = index == codes.count - 1 && event.fiber != 0
      if found, look == .steal, let steal {
        let victim = scene.queueName(Int(steal.a))
        result.append(
          scene.say(
            steal.kind == .stealTook
              ? .lookTook(count: Int(steal.c & 0xFFFF), victim: victim) : .lookTookNext(victim: victim)))
      } else {
        result.append(scene.say(.look(look, found: found)))
      }
    }
    return result
  }

  /// The steal that ended a search: the machine's last one before it.
  private static func steal(before number: Int, of find: Event, _ scene: Scene) -> Event? {
    for candidate in stride(from: number - 1, to: max(number - 64, 0), by: -1) {
      guard let event = scene.history.event(at: candidate), event.machine == find.machine else { continue }
      switch event.kind {
      case .stealTook, .stealTookRunNext: return event
      case .searchFind: return nil
      default: continue
      }
    }
    return nil
  }
}
