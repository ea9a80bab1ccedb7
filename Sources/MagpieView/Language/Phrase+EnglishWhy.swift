import MagpieTrace

// Which rule an event follows, in one sentence. The numbers are the scheduler's constants.

extension Phrase {
  static func english(_ look: Look, _ found: Bool) -> String {
    switch look {
    case .timers: found ? "a timer is due" : "no timer due"
    case .tick: found ? "61st look: global has work" : "61st look: global empty"
    case .local: found ? "local has work" : "local empty"
    case .global: found ? "global has work" : "global empty"
    case .netpoll: found ? "poller has work" : "poller nothing"
    case .steal: found ? "stole" : "nothing to steal"
    case .linger: found ? "lingered: poller has work" : "lingered: poller nothing"
    case .recheckGlobal: found ? "again global: has work" : "again global: empty"
    case .recheckLocal: found ? "again all queues: found work" : "again all queues: empty"
    case .recheckTimers: found ? "again timers: one is due" : "again timers: none"
    }
  }

  static func englishWhy(_ event: Event) -> String {
    guard let kind = event.kind else { return "The schema has no such kind: it comes from outside." }
    switch kind {
    case .fiberCreate:
      return "A new fiber becomes the next of the P that made it; what was next goes to the queue's end."
    case .fiberReady:
      return "Whoever wakes a fiber puts it into his own next, for it is likely to use what he just touched."
    case .fiberStart where event.a == 1:
      return "What comes from next shares the time slice of its waker, so that two fibers cannot keep a P for ever."
    case .fiberStart: return "One P runs one fiber at a time; its time slice is 10 ms."
    case .fiberYield: return "A fiber that yields goes to the end of its own P's queue."
    case .fiberPreempt: return "Past 10 ms a fiber stops at its next checkpoint and goes to the global queue."
    case .fiberPark: return "A fiber that waits costs no thread: its M goes on with the next fiber."
    case .fiberExit: return "Its stack is kept, still warm, for the next fiber that starts."
    case .fiberName: return "Names are for people; the scheduler knows numbers."
    case .searchFind where event.fiber == 0: return "Nothing anywhere: the P goes to the idle list and the M to sleep."
    case .searchFind: return "A search looks at the own queue, the global one, the poller, and then at other Ps."
    case .queuePush, .queuePop: return "Only its owner puts into a local queue, so that takes no lock."
    case .queueRunNextPut, .queueRunNextTake:
      return "The next is run before the queue: a woken fiber finds its data in the cache."
    case .queueOverflow: return "A local queue holds 256; when it is full, the older half moves to the global queue."
    case .globalPush: return "The global queue is everybody's, behind one lock."
    case .globalLock: return "One lock guards the one queue: the more machines there are, the longer each waits for it."
    case .globalTake where event.detail == 1:
      return "Every 61st look goes to the global queue first, so that nothing there waits for ever."
    case .globalTake: return "A P takes its fair share: the queue's length divided by the number of Ps, and one."
    case .stealTook:
      return
        "A thief takes half of what waits, rounded up: the last one runs at once, the others wait in his own queue."
    case .stealTookRunNext: return "Only in the last of four rounds may a thief take what is next elsewhere."
    case .stealFailed: return "Four rounds over all Ps, each in a random order, found nothing to take."
    case .processorIdle: return "An idle P costs nothing; whoever makes work looks for one."
    case .processorAcquire: return "An M needs a P to run fibers."
    case .processorCountChanged:
      return "A P too many retires when its M next looks for work; nobody has to stop for it."
    case .processorRelease: return "What waited there is in the global queue by now, for the Ps that stay."
    case .processorBegin: return "A new P is idle at first; whoever makes work will find it."
    case .processorHandoff:
      return "Before a call that is known to block, the M lets go of its P: another M goes on with it."
    case .processorDetach:
      return "A fiber that never calls cannot be stopped: it runs on alone, and another M goes on with the queue."
    case .machineRejoin: return "Without a P it may not go on: it takes an idle one, or joins the global queue."
    case .processorRetake: return "sysmon takes the P of a call that lasts, and another M goes on with the queue."
    case .machineStart: return "No M slept that could take the P, so a new thread is made."
    case .machinePark: return "A thread that sleeps costs nothing; waking it costs its waker microseconds."
    case .machineWake where event.detail & WakeFlags.own != 0: return "One M sleeps only until the next timer is due."
    case .machineWake where event.detail & WakeFlags.locked != 0:
      return "The fiber is locked to that M: whoever finds it hands over his own P with it."
    case .machineWake: return "There is work and an idle P, and nobody spins: one M is woken, no more."
    case .machineSpinBegin: return "At most half as many Ms spin as Ps are busy: looking costs, but waking costs more."
    case .machineSpinEnd: return "The last one that finds work and stops spinning wakes another, in case there is more."
    case .machineSyscallEnter:
      return "The kernel may hold the thread, but not the fibers behind it: sysmon watches the call."
    case .machineSyscallExit where SyscallExit(rawValue: event.detail) == .fast:
      return "A short call keeps its P and costs almost nothing."
    case .machineSyscallExit:
      return "Without a P it may not go on: it gets an idle one, or its fiber goes to the global queue."
    case .machineLocked: return "A locked fiber runs on this M only."
    case .machineHog: return "It cannot be stopped in the middle; it is asked to pass a checkpoint."
    case .machineExit: return "The runtime ends."
    case .pollerNetpoll: return "What became ready is taken in one batch."
    case .timerArm: return "Timers lie on the P's own heap, so that setting one takes no lock of others."
    case .timerFire: return "A search looks at the timers first; the fiber is made ready."
    case .sysmon: return "sysmon looks every 20 µs while it finds something, and backs off to 10 ms."
    case .deadlock: return "Every fiber waits for another; no timer, no call and no queue is left that could wake one."
    case .channelMake: return "A channel hands values over in the order in which they were sent."
    case .channelSend, .channelReceive:
      return "If somebody waits at the other end, the value goes straight to him and he is readied."
    case .channelClose: return "Receivers take what is left and then learn that there is no more."
    case .semaphoreAcquire, .semaphoreRelease:
      return "Who waits for permits is served in the order of the line; nobody overtakes one who wants many."
    case .conditionWait, .conditionSignal:
      return "A waiter is in line before it gives its mutex back, so no signal after that can miss it."
    case .lockHandover:
      return
        "Readers and writers take turns: a writer that waits stops new readers, and who waits meanwhile comes next."
    case .lockWait, .lockAcquire, .lockRelease: return "A fiber that waits for a lock parks: the M goes on with others."
    case .waitGroupCount: return "At zero, all who wait are readied."
    case .userAnnotation, .userRegionBegin, .userRegionEnd: return "The program said so itself."
    case .kernelSample: return "A look at the kernel's own accounting: true for that moment, and for no longer."
    case .controlGeneration: return "From here on everything is known exactly, whatever was lost before."
    case .controlLost:
      return "The ring was overwritten before it was read; what hangs on it is unknown until the next snapshot."
    }
  }
}
