public import MagpieTrace

/// One event in plain words.
public struct EventText: Sendable, Hashable {
  /// A few words; their subject is the event's fiber, processor or machine.
  public var what: String
  /// What else is known of it; may be empty.
  public var details: String
  public var role: Role

  /// - Parameters:
  ///   - era: the scheduler whose event it is.
  ///   - string: the text of a string id.
  public init(_ event: Event, language: Language = .english, era: Era = .mpn, string: (UInt32) -> String?) {
    let text = EventText.string(of: event, string)
    what = language(.eventWhat(event, text: text, era: era))
    details = language(.eventDetails(event, text: text, era: era))
    role = EventText.role(of: event)
  }

  /// The text that an event names by its id.
  static func string(of event: Event, _ string: (UInt32) -> String?) -> String {
    let id: UInt32 =
      switch event.kind {
      case .fiberCreate, .machineSyscallEnter: event.b
      case .fiberName, .userAnnotation, .userRegionBegin, .userRegionEnd: event.a
      default: 0
      }
    return id == 0 ? "" : string(id) ?? ""
  }

  /// How an event is coloured.
  static func role(of event: Event) -> Role {
    switch event.kind {
    case .fiberStart, .fiberCreate, .fiberExit: .running
    case .kernelSample: .timer
    case .fiberReady, .queuePush, .queuePop, .queueRunNextPut, .queueRunNextTake, .globalTake, .globalPush,
      .queueOverflow, .fiberYield:
      .runnable
    case .stealTook, .stealTookRunNext: .steal
    case .machineSyscallEnter, .machineSyscallExit, .processorHandoff, .processorRetake, .processorDetach,
      .machineRejoin, .fiberPreempt, .machineHog:
      .blocked
    case .fiberPark, .channelMake, .channelSend, .channelReceive, .channelClose, .lockWait, .lockAcquire, .lockRelease,
      .lockHandover, .semaphoreAcquire, .semaphoreRelease, .conditionWait, .conditionSignal, .waitGroupCount,
      .globalLock:
      .waiting
    case .timerArm, .timerFire, .sysmon, .pollerNetpoll: .timer
    case .deadlock, .controlLost, nil: .error
    case .userAnnotation, .userRegionBegin, .userRegionEnd, .fiberName: .title
    default: .text
    }
  }
}

/// An event as one line of plain text: time, P, M and G, and what happened. The same words as on the screen.
///
///     1.284 312  P2 M5 G27  steals 3 from P0: of 6 waiting · slots 61–63 · round 1
///
/// What came from outside is made harmless.
/// Where there are no Ps, none is named.
/// - Parameters:
///   - era: the scheduler whose event it is.
///   - string: the text of a string id, as `History.string` gives it.
public func sentence(
  for event: Event, language: Language = .english, era: Era = .mpn, string: (UInt32) -> String?
) -> String {
  let text = EventText(event, language: language, era: era, string: string)
  let processor = era != .mpn ? "" : event.processor == Event.noProcessor ? "— " : "P\(event.processor) "
  let whose = event.kind == .kernelSample ? UInt16(truncatingIfNeeded: event.a) : event.machine
  let machine = era == .processes ? language(.era(.process(whose))) : "M\(whose)"
  let fiber = event.fiber == Event.noFiber ? "—" : "G\(event.fiber)"
  let place = Numbers.seconds(event.time) + "  \(processor)\(machine) \(fiber)  "
  return harmless(place + language(.sentence(what: text.what, details: text.details)))
}

/// The text with everything replaced that is not to be printed.
public func harmless(_ text: String) -> String {
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    scalars.append(CharacterWidth.isDrawable(scalar.value) ? scalar : "\u{FFFD}")
  }
  return String(scalars)
}
