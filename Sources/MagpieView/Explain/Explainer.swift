import MagpieModel
import MagpieTrace

/// Finds what last happened to a subject, and remembers it for the next frame.
struct Explainer: Sendable {
  /// The numbers of two events; nil where they are long ago.
  struct Past: Sendable {
    /// The last that the subject has part in.
    var last: Int?
    /// Of a fiber: when it was last started.
    var start: Int?
  }

  /// Events that one frame looks back over: a few milliseconds.
  static let eventsAFrame = 100_000

  private var subject: Subject?
  private var shown = -1
  private var past = Past()

  /// What happened to the subject up to the moment that is shown.
  /// - Complexity: O(events since the last frame), at most `eventsAFrame`.
  mutating func past(of subject: Subject, _ scene: Scene) -> Past {
    if case .event(let number) = subject { return Past(last: number) }
    let isOn = self.subject == subject && shown <= scene.shown && shown >= 0
    let oldest = max(isOn ? shown : scene.history.firstAvailable, scene.shown - Explainer.eventsAFrame)
    var found = Past()
    let isFiber = if case .fiber = subject { true } else { false }
    var number = scene.shown
    while number > oldest, let event = scene.history.event(at: number) {
      if Explainer.concerns(event, subject) {
        found.last = found.last ?? number
        if !isFiber { break }
        if event.kind == .fiberStart {
          found.start = number
          break
        }
      }
      number -= 1
    }
    past = isOn ? Past(last: found.last ?? past.last, start: found.start ?? past.start) : found
    self.subject = subject
    shown = scene.shown
    return past
  }

  /// Whether an event is about a subject.
  static func concerns(_ event: Event, _ subject: Subject) -> Bool {
    switch subject {
    case .fiber(let id): return event.fiber == id
    case .processor(let id):
      let isVictim = (event.kind == .stealTook || event.kind == .stealTookRunNext) && Int(event.a) == id
      return Int(event.processor) == id || isVictim
    case .machine(let id):
      switch event.kind {
      case .machineWake where event.detail & WakeFlags.own == 0: return event.machine == id || event.a & 0xFFFF == id
      case .machineStart: return event.machine == id || event.a == UInt32(id)
      case .processorRetake, .processorDetach: return event.machine == id || event.b == UInt32(id)
      default: return event.machine == id
      }
    case .object(let id):
      switch event.kind {
      case .channelMake, .channelSend, .channelReceive, .channelClose, .lockWait, .lockAcquire, .lockRelease,
        .lockHandover, .semaphoreAcquire, .semaphoreRelease, .conditionWait, .conditionSignal, .waitGroupCount:
        return event.a == id
      default: return false
      }
    case .globalQueue: return event.kind == .globalPush || event.kind == .globalTake
    case .timers: return event.kind == .timerArm || event.kind == .timerFire
    case .blockingCalls: return event.kind == .machineSyscallEnter || event.kind == .machineSyscallExit
    case .poller: return event.kind == .pollerNetpoll
    case .sysmon:
      return event.kind == .sysmon || event.kind == .processorRetake || event.kind == .processorDetach
        || event.kind == .machineHog
    case .event: return false
    }
  }
}
