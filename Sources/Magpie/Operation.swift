import MagpieTrace

/// What a machine is about to do when it passes the gate: known before it happens, so that a program can be stopped there.
///
/// An operation is named by a constant at its passage, which costs nothing while the gate is open. What it comes to may depend on what
/// others do until then: a lock may be held, a victim's queue be empty. So it has events that follow in any case, and events that may.
enum Operation: UInt8, CaseIterable {
  // What fibers ask for.
  case spawn, yield, preempt, sleep, join, exit
  case block, comeBack, lockToMachine, resize, note
  case makeChannel, send, receive, closeChannel, select
  case lock, unlock, semaphore, waitGroup, waitForGroup, wait, signal, turn, file, tick
  /// The fiber is frozen: it parks instead of what it asked for.
  case freeze
  /// Its machine has lost its processor: it must first get one again.
  case rejoin
  // What machines do by themselves.
  case begin, makeFirst
  case lookLocal, lookGlobal, lookIntoPoller, steal, failToSteal, beginToSpin
  case giveUpProcessor, acquireProcessor, takeGivenProcessor, handOff, parkIdle, parkLocked
  case fireTimer, readyNext, waitInPoller, wakeInPoller
  case retireOrBegin, drain
  // What sysmon does.
  case setPace, sleepDeeply, hog, detach, retake, obey

  /// The events that follow in any case, in their order.
  var certain: [EventKind] {
    switch self {
    case .spawn: [.fiberCreate, .queueRunNextPut]
    case .yield: [.fiberYield, .queuePush]
    case .preempt: []
    case .sleep: [.timerArm, .fiberPark]
    case .join, .select, .makeChannel, .send, .receive, .lock, .semaphore, .wait, .waitForGroup, .turn, .file, .tick: []
    case .exit: [.fiberExit]
    case .block: [.machineSyscallEnter]
    case .comeBack: [.machineSyscallExit]
    case .lockToMachine, .note: []
    case .resize: [.processorCountChanged]
    case .closeChannel: [.channelClose]
    case .unlock: [.lockRelease]
    case .waitGroup: [.waitGroupCount]
    case .signal: [.conditionSignal]
    case .freeze: [.fiberPark]
    case .rejoin: [.machineRejoin]
    case .begin: [.machineStart]
    case .makeFirst: [.fiberCreate, .queueRunNextPut]
    case .lookLocal, .lookGlobal, .lookIntoPoller, .steal: []
    case .failToSteal: [.stealFailed]
    case .beginToSpin: [.machineSpinBegin]
    case .giveUpProcessor, .acquireProcessor, .handOff, .parkLocked, .waitInPoller: []
    case .takeGivenProcessor: [.processorAcquire]
    case .parkIdle: [.machinePark]
    case .fireTimer: []
    case .readyNext: [.fiberReady]
    case .wakeInPoller: [.machineWake]
    case .retireOrBegin, .drain: []
    case .setPace: [.sysmon]
    case .sleepDeeply, .detach, .retake, .obey: []
    case .hog: [.machineHog]
    }
  }

  /// Those that may follow.
  var possible: [EventKind] {
    switch self {
    case .spawn, .makeFirst: [.queuePush, .queueOverflow]
    case .yield: [.queueOverflow]
    case .preempt: [.fiberPreempt, .globalPush]
    case .join: [.fiberPark]
    case .exit, .readyNext: []
    case .comeBack, .rejoin: [.processorAcquire, .globalPush]
    case .lockToMachine: [.machineLocked]
    case .resize: [.processorBegin, .processorRelease, .fiberPreempt]
    case .note: [.userAnnotation]
    case .makeChannel: [.channelMake]
    case .send: [.channelSend, .fiberReady, .fiberPark]
    case .receive: [.channelReceive, .fiberReady, .fiberPark]
    case .closeChannel, .unlock, .waitGroup, .signal: [.fiberReady]
    case .select: [.channelSend, .channelReceive, .fiberReady, .fiberPark, .timerArm]
    case .lock: [.lockAcquire, .lockWait, .fiberPark]
    case .semaphore: [.semaphoreAcquire, .semaphoreRelease, .fiberReady, .fiberPark]
    case .waitForGroup: [.fiberPark]
    case .wait: [.conditionWait, .fiberPark]
    case .turn: [.fiberPark, .fiberReady]
    case .file: [.fiberPark, .fiberReady, .timerArm]
    case .tick: [.timerArm, .fiberPark]
    case .lookLocal: [.queueRunNextTake, .queuePop, .searchFind, .fiberStart]
    case .lookGlobal: [.globalTake, .searchFind, .fiberStart]
    case .lookIntoPoller: [.pollerNetpoll]
    case .steal: [.stealTook, .stealTookRunNext, .searchFind, .fiberStart]
    case .giveUpProcessor: [.processorIdle, .processorRelease, .machineSpinBegin, .machineSpinEnd]
    case .acquireProcessor: [.processorAcquire, .machineSpinBegin]
    case .takeGivenProcessor: [.machineSpinBegin]
    case .handOff: [.processorHandoff, .machineWake, .machineStart, .processorIdle]
    case .parkIdle: [.deadlock]
    case .parkLocked: [.machinePark, .deadlock]
    case .fireTimer: [.timerFire, .fiberReady]
    case .waitInPoller: [.machinePark]
    case .wakeInPoller: [.pollerNetpoll]
    case .retireOrBegin: [.processorBegin, .processorRelease]
    case .drain: [.queueRunNextTake, .queuePop, .globalPush]
    case .sleepDeeply: [.sysmon]
    case .detach: [.processorDetach, .machineWake, .machineStart, .processorIdle]
    case .retake: [.processorRetake, .machineWake, .machineStart, .processorIdle]
    case .obey: [.fiberReady, .globalPush, .processorCountChanged, .deadlock]
    case .sleep, .block, .freeze, .begin, .failToSteal, .beginToSpin, .setPace, .hog: []
    }
  }

  /// Whether it may put a fiber into a queue, and then wakes a machine if none looks for work.
  var mayWake: Bool {
    switch self {
    case .spawn, .makeFirst, .preempt, .send, .receive, .closeChannel, .select, .unlock, .semaphore, .waitGroup: true
    case .signal, .turn, .file, .fireTimer, .readyNext, .resize, .exit, .obey: true
    default: false
    }
  }
}
