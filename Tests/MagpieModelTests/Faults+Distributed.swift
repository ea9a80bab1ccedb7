import MagpieTrace

@testable import MagpieModel

/// Faults of the era in which each machine has a queue of its own.
extension Fault {
  static let distributed: [Fault] = [
    fault(.queueOwner, "a new machine gets another one's queue") { start(&$0, 3, queue: 4, isFree: true, sequence: 3) },
    fault(.queueOwner, "a machine that was started takes another one's queue") {
      start(&$0, 3, queue: 3, isFree: true, sequence: 3)
      $0.emit(0, .processorHandoff, processor: 0, a: 2, b: 4)
      $0.emit(3, .processorAcquire, detail: AcquireSource.idleList.rawValue, processor: 0, a: 3, b: 5)
    },
    fault(.permits, "a fifth machine runs where four may") {
      for machine in 3...5 { start(&$0, machine, queue: machine, isFree: true, sequence: UInt32(machine)) }
    },
    fault(.permits, "a permit is handed on that nobody has") { start(&$0, 3, queue: 3, isFree: false, sequence: 0) },
    fault(.permits, "a permit that was handed on is freed, too") {
      $0.emit(0, .processorHandoff, processor: 0, a: 2)
      start(&$0, 3, queue: 3, isFree: false, sequence: 0)
      $0.emit(0, .processorHandoff, processor: 0, b: 3)
    },
    fault(.processorCount, "a permit retires that is wanted") {
      $0.emit(0, .processorRelease, detail: 1, processor: Event.noProcessor, b: 3)
    },
    fault(.processorCount, "a permit more than there should be") {
      $0.emit(0, .processorBegin, processor: Event.noProcessor, b: 3)
    },
    fault(.processorHolder, "a machine that runs is given a permit") {
      $0.emit(0, .machineWake, detail: WakeFlags.fromIdleList, processor: 0, a: 2 | 2 << 16, b: 3, c: 3)
    },
    fault(.processorHolder, "fills its queue while it has given its permit away") {
      $0.emit(0, .fiberCreate, 7, processor: 0)
      $0.emit(0, .processorHandoff, processor: 0, a: 2, b: 3)
      $0.emit(0, .queueRunNextPut, 7, processor: 0, a: 1)
    },
    fault(.stealScope, "a thief that passes by a thread") {
      $0.emit(2, .machineSpinBegin, detail: SpinReason.recheck.rawValue, processor: 2)
      $0.emit(2, .stealFailed, processor: 2, a: 7, b: 3)
    },
  ]

  /// Four permits; machine 0 has one, and has given another to machine 2, which is new. Machine 1 is sysmon.
  private static func fault(_ rule: Rule, _ name: String, plant: @escaping @Sendable (inout Player) -> Void) -> Fault {
    Fault(
      rule, in: .distributed, name,
      after: {
        $0 = Player(processors: 1, machines: 1)
        start(&$0, 2, queue: 2, isFree: true, sequence: 2)
        $0.emit(2, .processorAcquire, detail: AcquireSource.given.rawValue, processor: 2, a: 2)
      },
      plant: plant)
  }

  private static func start(_ player: inout Player, _ machine: Int, queue: Int, isFree: Bool, sequence: UInt32) {
    player.emit(
      0, .machineStart, detail: isFree ? WakeFlags.fromIdleList : 0, processor: 0, a: UInt32(machine),
      b: UInt32(queue), c: 1, d: sequence)
  }
}

extension Fault {
  /// A call under that era, by the rules: the queue stays, the permit is freed, taken again, or missed.
  static func call(in player: inout Player) {
    player = Player(processors: 1, machines: 1)
    player.emit(0, .fiberCreate, 1, processor: 0)
    player.emit(0, .fiberStart, 1, detail: StartSource.handoff.rawValue, processor: 0)
    player.emit(0, .machineSyscallEnter, 1, processor: 0, a: 2)
    player.emit(0, .processorHandoff, processor: 0, b: 2)
    player.emit(0, .machineSyscallExit, 1, detail: SyscallExit.slow.rawValue, processor: Event.noProcessor)
    player.emit(0, .queuePush, 1, processor: 0, a: 0)
  }
}
