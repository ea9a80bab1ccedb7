import MagpieTrace

// Whether a search looked in the order of the rule, and found what it says.
extension SchedulerState {
  mutating func auditSearch(_ event: Event, _ m: Int) {
    let p = Int(event.processor)
    if p < processors.count { processors[p].lastTick = event.d }

    var looks = event.ab
    var last: UInt64 = 0
    var seen: UInt16 = 0
    while looks != 0 {
      let look = looks & 15
      if mayFollow(last) & (1 &<< UInt16(look)) == 0 {
        find(.searchOrder, expected: UInt32(last), found: UInt32(look))
        break
      }
      seen |= 1 &<< UInt16(look)
      last = look
      looks &>>= 4
    }
    let isWhole = event.ab &>> 60 == 0
    if seen & Self.bit(.tick) != 0, event.d % 61 != 0 { find(.searchTick, found: event.d) }

    guard let source = StartSource(rawValue: event.detail) else {
      return find(.argument, found: UInt32(event.detail))
    }
    guard isWhole else { return auditFound(event, m, source, fits: true) }
    let lastBit: UInt16 = 1 &<< UInt16(last)
    let fits: Bool
    switch source {
    case .runNext, .local: fits = lastBit & (Self.bit(.local) | Self.bit(.recheckLocal)) != 0
    case .tick: fits = lastBit & Self.bit(.tick) != 0
    case .global: fits = lastBit & (Self.bit(.global) | Self.bit(.recheckGlobal)) != 0
    case .netpoll: fits = lastBit & (Self.bit(.netpoll) | Self.bit(.linger)) != 0
    case .steal, .stealRunNext: fits = lastBit & Self.bit(.steal) != 0
    case .syscall, .handoff, .rejoin: fits = false
    case .none:
      // Who gives up has looked at the own queue and at the global one at least.
      fits = (era.hasOneQueue || seen & Self.bit(.local) != 0) && seen & Self.bit(.global) != 0
    }
    auditFound(event, m, source, fits: fits)
  }

  @inline(__always)
  private mutating func auditFound(_ event: Event, _ m: Int, _ source: StartSource, fits: Bool) {
    guard fits, (source == .none) == (event.fiber == Event.noFiber) else {
      return find(.searchFound, found: UInt32(event.detail))
    }
    guard event.fiber != Event.noFiber else { return }
    let index = fiberTable.find(event.fiber)
    guard index >= 0 else { return find(.fiberLives, found: event.fiber) }
    if fibers[index].place != .hands || Int(fibers[index].owner) != m || fibers[index].origin != event.detail {
      find(.searchFound, expected: UInt32(fibers[index].origin), found: UInt32(event.detail))
    }
  }

  @inline(__always)
  private static func bit(_ look: Look) -> UInt16 { 1 &<< UInt16(look.rawValue) }

  /// The looks that may come after a look, one bit each. A search may leave out what cannot be (no timers, not the 61st
  /// tick, nothing to poll, too many spinning), and starts over when stealing, lingering or a recheck showed new work. It begins with the
  /// poller, and ends there, where the machine slept in it and it had something.
  @inline(__always)
  private func mayFollow(_ look: UInt64) -> UInt16 { era.hasOneQueue ? Self.mayFollowInOne : Self.mayFollow(look) }

  /// Where there is one queue: that and the poller, in turn.
  private static var mayFollowInOne: UInt16 { bit(.global) | bit(.netpoll) }

  @inline(__always)
  private static func mayFollow(_ look: UInt64) -> UInt16 {
    let begin = bit(.timers) | bit(.tick) | bit(.local)
    switch look {
    case 0: return begin | bit(.netpoll)
    case 1: return bit(.tick) | bit(.local)
    case 2: return bit(.local)
    case 3: return bit(.global)
    case 4: return bit(.netpoll) | bit(.steal) | bit(.recheckGlobal)
    case 5: return bit(.steal) | bit(.recheckGlobal)
    case 6: return begin | bit(.linger) | bit(.recheckGlobal)
    case 7: return begin | bit(.recheckLocal)
    case 8: return begin | bit(.recheckTimers)
    case 9: return begin
    case 10: return begin | bit(.recheckGlobal)
    default: return 0
    }
  }
}
