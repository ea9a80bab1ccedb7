import MagpieModel
import MagpieTrace

/// Chooses the event that the Stage tells in words. While events rush by, a story stays long enough to be read, and what
/// is rare goes before what is common; while the picture stands still, it is the present event.
struct Teller {
  private(set) var number: Int?
  private var since: UInt64 = 0
  private var upTo = 0
  private var wasStill = false

  static let patience: UInt64 = 1_200_000_000
  static let eventLimit = 2000
  /// At most so many events belong to one operation.
  static let stepLimit = 16

  mutating func advance(_ scene: Scene) {
    let first = upTo + 1
    defer { wasStill = scene.isStill }
    let isJump = !wasStill || scene.shown < upTo || scene.shown - upTo > Teller.stepLimit
    if scene.isStill {
      guard scene.shown != upTo || number == nil || !wasStill else { return }
      // The telling event of the operation that was stepped; after a jump, the present one.
      number = scene.shown == 0 ? nil : isJump ? present(scene) : best(scene, from: first)
    } else {
      guard number == nil || scene.shown < upTo || scene.shown > upTo && scene.now &- since >= Teller.patience else {
        return
      }
      number = scene.shown == 0 ? nil : best(scene, from: max(first, scene.shown - Teller.eventLimit))
    }
    since = scene.now
    upTo = scene.shown
  }

  /// The present event; where that tells nothing and nobody has chosen it, the most telling of the last few.
  private func present(_ scene: Scene) -> Int {
    guard scene.shown == scene.end, let event = scene.history.event(at: scene.shown),
      Teller.weight(event, scene.state.era) == 0
    else {
      return scene.shown
    }
    return best(scene, from: max(1, scene.shown - Teller.stepLimit))
  }

  private func best(_ scene: Scene, from first: Int) -> Int {
    var best = (number: scene.shown, weight: -1)
    guard first > 0, first <= scene.shown else { return scene.shown }
    for candidate in first...scene.shown {
      guard let event = scene.history.event(at: candidate) else { continue }
      let weight = Teller.weight(event, scene.state.era)
      if weight >= best.weight { best = (candidate, weight) }
    }
    return best.number
  }

  /// How much there is to tell.
  private static func weight(_ event: Event, _ era: Era) -> Int {
    switch event.kind {
    case .deadlock: 9
    case .processorRetake, .processorDetach, .queueOverflow: 7
    case .searchFind where event.detail == StartSource.steal.rawValue: 7
    case .stealTook, .stealTookRunNext, .processorHandoff, .fiberPreempt: 6
    case .machineHog, .machineRejoin, .machineStart, .userAnnotation: 5
    case .machineSyscallEnter, .timerFire, .channelClose: 4
    case .searchFind where era == .distributed && event.fiber == Event.noFiber && event.c > 0: 6
    // Where one queue or one thread is all there is, what blocks or waits tells more than who goes into it.
    case .globalLock: 4
    case .globalTake where era.hasOneQueue: 1
    case .globalTake, .machineWake: 3
    case .fiberReady, .fiberPark, .machineSpinBegin: 2
    case .fiberStart, .fiberCreate, .fiberExit: 1
    default: 0
    }
  }
}
