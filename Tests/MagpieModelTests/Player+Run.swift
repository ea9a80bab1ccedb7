import MagpieTrace
import TestSupport

extension Player {
  /// A run of a whole little runtime: machine 0 is sysmon, the others work; all by the rules.
  static func run(processors: Int, events count: Int, seed: UInt64, fibers: Int = 400) -> Player {
    var player = Player(processors: processors)
    var random = Random(seed: seed)
    player.now.machines = [Snapshot.Machine(id: 0)]
    player.now.machines[0].activity = .sysmon
    player.emit(0, .sysmon, detail: SysmonAct.paceFast.rawValue, a: 20)
    player.now.machines.append(Snapshot.Machine(id: 1))
    player.acquireIdle(1, 0)
    player.start(1, player.create(1, name: 7), .handoff)
    while player.events.count < count { player.step(&random, fibers) }
    return player
  }

  mutating func step(_ random: inout Random, _ limit: Int) {
    let m = Int.random(in: 0..<now.machines.count, using: &random)
    if m == 0 { return stepSysmon(&random) }
    switch now.machines[m].activity {
    case .idle, .ended, .sysmon, .timer, .locked: return
    case .blocked: if Int.random(in: 0..<4, using: &random) == 0 { comeBack(m) }
    case .detached:
      if Int.random(in: 0..<4, using: &random) == 0 {
        let fiber = fiber(on: m)
        rejoin(m)
        goOn(m, fiber, .rejoin)
      }
    case .active, .spinning:
      if now.machines[m].processor == Event.noProcessor {
        acquireGiven(m)
        spinBegin(m, .woken)
      } else if fiber(on: m) != 0 {
        work(m, &random, limit)
      } else {
        search(m)
      }
    }
  }

  private mutating func stepSysmon(_ random: inout Random) {
    let blocked = now.processors.indices.filter { if case .blocked = now.processors[$0].holder { true } else { false } }
    let hogged = now.processors.indices.filter { p in
      if case .machine(let m) = now.processors[p].holder { m != 0 && fiber(on: Int(m)) != 0 } else { false }
    }
    let p: Int
    if let hog = hogged.randomElement(using: &random), Int.random(in: 0..<8, using: &random) == 0 {
      p = hog
      detach(p, by: 0)
    } else if let call = blocked.randomElement(using: &random) {
      p = call
      retake(p, by: 0)
    } else {
      return inject()
    }
    if now.processors[p].queue.isEmpty { idle(0, p) } else { wake(0, for: p, fromIdleList: false, spinning: false) }
  }

  /// When all sleep, something from outside makes a parked fiber ready.
  private mutating func inject() {
    guard now.machines.dropFirst().allSatisfy({ $0.activity == .idle }) else { return }
    guard let fiber = now.fibers.first(where: { if case .parked = $0.place { true } else { false } })?.id else {
      return
    }
    ready(0, fiber, cause: .cancelled)
    pushGlobal(0, fiber)
    if let p = now.processors.firstIndex(where: { $0.holder == .idle }) {
      wake(0, for: p, fromIdleList: true, spinning: true)
    }
  }

  private mutating func comeBack(_ m: Int) {
    let fiber = fiber(on: m)
    if !exitSyscall(m) { goOn(m, fiber, .syscall) }
  }

  /// Without a processor, with a fiber in the hands: takes an idle one, or leaves the fiber to others.
  private mutating func goOn(_ m: Int, _ fiber: UInt32, _ source: StartSource) {
    if let p = now.processors.firstIndex(where: { $0.holder == .idle }) {
      acquireIdle(m, p)
      start(m, fiber, source)
    } else {
      pushGlobal(m, fiber)
      parkMachine(m)
    }
  }

  private mutating func putNext(_ m: Int, _ fiber: UInt32) {
    let displaced = putRunNext(m, fiber)
    if displaced != 0 { push(m, displaced) }
    guard !now.machines.contains(where: { $0.activity == .spinning }),
      let p = now.processors.firstIndex(where: { $0.holder == .idle }),
      // A machine that was given a processor and has not begun to spin yet counts as one that spins.
      !now.processors.contains(where: { if case .given = $0.holder { true } else { false } })
    else { return }
    wake(m, for: p, fromIdleList: true, spinning: true)
  }

  private mutating func work(_ m: Int, _ random: inout Random, _ limit: Int) {
    switch Int.random(in: 0..<16, using: &random) {
    case 0...4 where now.fibers.count < limit: putNext(m, create(m, name: 3))
    case 0...7:
      let fiber = yield(m)
      push(m, fiber)
    case 8: park(m, .channelReceive, object: 9)
    case 9: sleep(m, for: 500)
    case 10 where now.fibers.count > 4: exit(m)
    case 11: enterSyscall(m, what: 5)
    default:
      guard let place = now.fibers.indices.randomElement(using: &random) else { return }
      guard case .parked = now.fibers[place].place else { return }
      let fiber = now.fibers[place].id
      if now.fibers[place].deadline != nil { fire(m, fiber) }
      ready(m, fiber, cause: .channel)
      putNext(m, fiber)
    }
  }

  private mutating func search(_ m: Int) {
    let p = p(m)
    if ticks[p] % 61 == 0, !now.global.isEmpty { return found(m, takeGlobal(m, tick: true), [.timers, .tick]) }
    if now.processors[p].runNext != 0 { return found(m, takeRunNext(m), [.timers, .local]) }
    if !now.processors[p].queue.isEmpty { return found(m, pop(m), [.timers, .local]) }
    if !now.global.isEmpty { return found(m, takeGlobal(m), [.local, .global]) }
    let spinning = now.machines.filter { $0.activity == .spinning }.count
    let busy = now.processors.filter { $0.holder != .idle }.count
    var looks: [Look] = [.timers, .local, .global, .netpoll]
    if now.machines[m].activity != .spinning {
      guard 2 * spinning < busy else { return giveUp(m, looks) }
      spinBegin(m, .search, spinning: UInt32(spinning), busy: UInt32(busy))
    }
    looks.append(.steal)
    for victim in now.processors.indices where victim != p && !now.processors[victim].queue.isEmpty {
      return found(m, steal(m, from: victim, round: 2), looks)
    }
    for victim in now.processors.indices where victim != p && now.processors[victim].runNext != 0 {
      return found(m, stealRunNext(m, from: victim), looks)
    }
    emit(m, .stealFailed, a: UInt32(now.processors.count - 1))
    giveUp(m, looks)
  }

  private mutating func found(_ m: Int, _ fiber: UInt32, _ looks: [Look]) {
    find(m, fiber, looks)
    let source = origin[fiber]!
    if now.machines[m].activity == .spinning { spinEnd(m, .found) }
    start(m, fiber, source, inherits: source == .runNext)
  }

  private mutating func giveUp(_ m: Int, _ looks: [Look]) {
    idle(m, p(m))
    var looks = looks
    if now.machines[m].activity == .spinning {
      spinEnd(m, .gaveUp)
      looks += [.recheckGlobal, .recheckLocal, .recheckTimers]
    }
    find(m, 0, looks)
    parkMachine(m)
  }
}
