/// What happened: the schema of the trace, and its only home.
///
/// Each event is one atomic step on shared objects. A fiber that has been taken out of one place and not yet put into the
/// next is *in the machine's hands*; so an operation that moves it is two events. Where a step changed a shared object,
/// the event carries the number which that object had (an index of a queue) or got (a version), and by these numbers,
/// never by time, the merge orders events of different machines (`Merge`). Numbers are compared modulo 2³².
///
/// In the comments: `fiber` is the event's fiber, `[...]` lists the other arguments by field. "The processor" is the
/// event's processor, "the machine" the one that emitted it.
public enum EventKind: UInt8, CaseIterable, Sendable {
  // MARK: fiber

  /// `fiber` is created and is in the machine's hands. [a: parent or 0, b: name (string id) or 0, c: stack bytes]
  case fiberCreate = 1
  /// `fiber`, parked, is made runnable and is in the machine's hands; where it is put, the next event says.
  /// [detail: `ReadyCause`, a: the fiber that woke it or 0, b: the fiber's own sequence number, as in its park, c: object or 0,
  /// d: where each fiber has a machine of its own, that one]
  case fiberReady = 2
  /// `fiber`, in the machine's hands, runs on the machine and the processor.
  /// [detail: `StartSource`, a: 1 if it inherits the time slice, else 0]
  case fiberStart = 3
  /// `fiber` stops running of its own will and is in the machine's hands.
  case fiberYield = 4
  /// `fiber` stops running because its slice was over and is in the machine's hands. [a: microseconds that it ran]
  case fiberPreempt = 5
  /// `fiber` stops running and waits. [detail: `ParkReason`, a: object or 0, b: the fiber's own sequence number]
  case fiberPark = 6
  /// `fiber` has ended.
  case fiberExit = 7
  /// `fiber` has a new name. [a: string id]
  case fiberName = 8

  // MARK: search

  /// A search for a fiber is over. `fiber` is what it found, in the machine's hands, or 0 when it gave up.
  /// [detail: `StartSource` (none: gave up), a and b: the looks in order, four bits each, first look lowest (`Look`),
  /// c: victims looked at by stealing, d: the processor's schedule tick at the first look]
  case searchFind = 16

  // MARK: local queue

  /// `fiber`, in the machine's hands, is put at the tail of the processor's queue. [a: slot number, the tail before]
  case queuePush = 24
  /// `fiber` is taken from the head of the processor's queue by its owner, into its hands. [a: slot number, the head before]
  case queuePop = 25
  /// `fiber`, in the machine's hands, is put into the processor's runnext; the fiber that was there comes into the hands.
  /// [a: version after, b: displaced fiber or 0]
  case queueRunNextPut = 26
  /// `fiber` is taken from the processor's runnext by its owner, into its hands. [a: version after]
  case queueRunNextTake = 27
  /// The older half of the full queue comes into the machine's hands, in order; a push on the global queue follows.
  /// [a: first slot number, b: count]
  case queueOverflow = 28

  // MARK: global queue

  /// Fibers from the machine's hands are put at the tail: those of an overflow in their order, if there was one, then `fiber`.
  /// [a: index of the first, b: count in all]
  case globalPush = 32
  /// `count` fibers are taken from the head: the first, `fiber`, into the machine's hands, the rest into the processor's
  /// own queue, from its tail on. [detail: 1 on the 61st tick, a: index of the first, b: count, c: own tail before, d: length of the queue before]
  case globalTake = 33
  /// The machine had to wait for the lock of the one queue, and has it, or had it: it changes nothing.
  /// [a: nanoseconds waited, b: how many waited then, itself included, c: the machine that had it (0xFFFF: not known)]
  case globalLock = 34

  // MARK: steal

  /// `count` fibers are taken from the head of a victim's queue: the last, `fiber`, into the machine's hands, the others into
  /// the processor's own queue, from its tail on.
  /// [detail: round 1...4, a: victim processor, b: first slot | c: count | observed length << 16, d: own tail before]
  case stealTook = 40
  /// `fiber` is taken from a victim's runnext, into the machine's hands. [detail: round, a: victim processor, b: version after]
  case stealTookRunNext = 41
  /// One search's stealing, up to four rounds, found nothing. [a: victims looked at; distributed: b: queues that there were]
  case stealFailed = 42

  // MARK: processor
  // Under the distributed era processor k is machine k's own queue, for ever; that it is held says that the machine has a permit to run
  // fibers, that it is idle that it has none, and the idle list is that of the free permits.

  /// The processor (`processor`), held by the machine, goes onto the idle list. [a: its version after, b: idle lists' sequence]
  case processorIdle = 48
  /// The machine now holds `processor`. [detail: `AcquireSource`, a: its version after,
  /// b: idle lists' sequence if it came from the idle list, else 0]
  case processorAcquire = 49
  /// The processor (`processor`), idle or held by the machine, retires: there are to be fewer.
  /// [detail: 1 if it was idle, else 0, a: its version after, b: idle lists' sequence]
  /// distributed: a permit retires, which was the machine's or free. [detail: 1 if free, a: the queue's version after, or 0 if an
  /// event before has told that the machine goes on without]
  case processorRelease = 50
  /// The machine, about to block, lets go of its processor, which is then in its hands for another machine or the idle list.
  /// [a: its version after]
  /// distributed: a permit leaves the machine of this queue, which stays where it is: into the hands of the machine that tells it, for
  /// the wake or start that follows, or to the free ones. [a: the queue's version after, or 0 if an event before has told that its
  /// machine goes on without, b: idle lists' sequence if it is free now, else 0]
  case processorHandoff = 51
  /// sysmon takes `processor` from a machine in a blocking call; it is then in sysmon's hands for another machine or the
  /// idle list. [a: its version after, b: the machine that loses it, c: microseconds in the call]
  case processorRetake = 52
  /// There are to be `a` processors. The new ones, retired so far, begin next; those that are too many retire.
  /// [b: idle lists' sequence, c: how many before]
  case processorCountChanged = 53
  /// sysmon takes `processor` from a machine whose fiber, `fiber`, has not called the runtime for long, and goes on without; the
  /// processor is then in sysmon's hands for another machine or the idle list.
  /// [a: its version after, b: the machine that loses it, c: microseconds running, d: events which that machine had recorded]
  case processorDetach = 54
  /// `processor`, retired so far, goes onto the idle list. [a: its version after, b: idle lists' sequence]
  /// distributed: there is a free permit more; no processor. [a: 0]
  case processorBegin = 55

  // MARK: machine

  /// A new machine is created, and given a processor from the creator's hands or from the idle list.
  /// [detail: `WakeFlags`, a: the new machine, b: processor or 0xFFFF, c: the processor's version after,
  /// d: idle lists' sequence if the processor came from the idle list, else 0]
  case machineStart = 56
  /// The machine sleeps. [detail: `MachineParkReason`, a: idle lists' sequence, or 0 when it is not put onto the idle list;
  /// c, d: virtual deadline in ns, or 0]
  case machinePark = 57
  /// A machine of the idle list is woken, and given a processor from the waker's hands or from the idle list.
  /// [detail: `WakeFlags`, a: machine | processor or 0xFFFF << 16, b: idle lists' sequence, c: the processor's version after]
  /// A processor that comes from the idle list is taken in the same step. Emitted by the machine for itself (a = itself)
  /// when it returns from the network poller, where it waited for a timer or a file, b is then 0. For a machine that sleeps for the
  /// fiber that is locked to it (`WakeFlags.locked`), or is about to, `fiber` goes from the waker's hands into its hands.
  case machineWake = 58
  /// The machine begins to spin: it has nothing to run and looks for work. [detail: `SpinReason`, a: spinning machines that
  /// it saw, itself not counted, b: busy processors that it saw]
  case machineSpinBegin = 59
  /// The machine no longer spins. [detail: `SpinEnd`]
  case machineSpinEnd = 60
  /// `fiber` enters a blocking call; the processor stays with the machine until it is retaken.
  /// [a: the processor's version after, b: what is called (string id)]
  case machineSyscallEnter = 61
  /// `fiber` comes back from a blocking call. [detail: `SyscallExit`, a: the processor's version after when it kept it, else 0].
  /// After `slow` the machine holds no processor: an acquire follows, or `fiber` is in its hands and a global push follows.
  case machineSyscallExit = 62
  /// `fiber`, running on the machine, is locked to it, or no longer. [detail: 1 or 0]
  case machineLocked = 63
  /// sysmon saw `fiber` run past its slice and asks it for a checkpoint. [a: machine, b: microseconds running]
  case machineHog = 64
  /// The machine ends.
  case machineExit = 65
  /// `fiber`, whose processor was taken while it ran on, calls the runtime again: it is in the machine's hands, which holds no
  /// processor. The event's processor is the one that it lost. [a: that one's version after it was taken]
  case machineRejoin = 66

  // MARK: poller, time

  /// The machine looked into the network poller, or waited there, and fibers are ready; a ready of each follows.
  /// [a: fibers made ready]
  case pollerNetpoll = 72
  /// `fiber`, about to park, is to be woken at a time. Whoever makes it ready disarms the timer.
  /// [a, b: virtual deadline in ns, c: the processor on whose heap it is]
  case timerArm = 73
  /// The time of `fiber`'s timer has come; a ready follows. [a, b: the deadline in ns, c: the processor whose heap it was on,
  /// d: the fiber's own sequence number, as in its park]
  case timerFire = 74
  /// sysmon acted or changed its pace. [detail: `SysmonAct`, a: its sleep in microseconds from now on]
  case sysmon = 75
  /// Nothing can ever run again while fibers live. [a: fibers that wait]
  case deadlock = 76

  // MARK: sync objects. `a` is the object, `b` its own sequence number, raised by each of these events.

  /// [a: object, c: capacity]
  case channelMake = 80
  /// A value goes in: to a waiting receiver (who is readied next), or into the buffer. [detail: 1 if handed over directly, c: occupancy after]
  case channelSend = 81
  /// A value comes out. [detail: 1 if a waiting sender's value moved up (it is readied next), 2: closed and empty, c: occupancy after]
  case channelReceive = 82
  /// [c: waiters that are readied]
  case channelClose = 83
  /// `fiber` takes permits of a semaphore. [c: permits left, d: how many it takes]
  case semaphoreAcquire = 84
  /// `fiber` gives permits to a semaphore. Who waits and now has enough gets his in the same step, and is readied next.
  /// [c: permits left then, d: how many it gives]
  case semaphoreRelease = 85
  /// `fiber` joins the line of a condition. It gives its mutex back next, and parks, unless it is signalled before it does.
  /// [c: waiters after]
  case conditionWait = 86
  /// The first in line of a condition leave it, and those that have parked are readied next. [detail: 1 for all, c: how many]
  case conditionSignal = 87
  /// `fiber` wants a lock that is held, and will park. [detail: `LockMode`, c: waiters after]
  case lockWait = 88
  /// `fiber` takes the lock. [detail: `LockMode`, c: waiters]
  case lockAcquire = 89
  /// `fiber` gives the lock back. [detail: `LockMode`, c: waiters left]
  case lockRelease = 90
  /// A read-write lock that was just given back passes to who waits, and is readied next: to `fiber`, to write, or to all that
  /// wait to read. [detail: `LockMode`, c: how many get it]
  case lockHandover = 91
  /// The counter of a wait group changes. [c: count after]
  case waitGroupCount = 92

  // MARK: user

  /// [a: text (string id)]
  case userAnnotation = 96
  case userRegionBegin = 97
  case userRegionEnd = 98

  // MARK: kernel

  /// What the kernel's own accounting said of a machine, by a look now and then: a sample, true for that moment only.
  /// [detail: state letter of /proc/…/stat (R S D T), a: machine, b: voluntary switches, c: involuntary, d: CPU microseconds]
  case kernelSample = 104

  // MARK: control: made by the collector, never found in a ring; they count neither in `event N / M` nor in the hash.

  /// The state was replaced by a snapshot of the runtime. [a: generation]
  case controlGeneration = 120
  /// Events of `machine` were overwritten or skipped. [a, b: count, c, d: virtual time in ns from which they are missing]
  case controlLost = 121
}

/// Where a fiber that starts was found, and what a search found.
public enum StartSource: UInt8, CaseIterable, Sendable {
  case none = 0, runNext, local, tick, global, netpoll, steal, stealRunNext
  /// The fiber kept its machine: it comes back from a blocking call.
  case syscall
  /// A direct switch without a queue: the fiber could not park after all, or is the first.
  case handoff
  /// The fiber kept its machine: it ran on without a processor, and has one again.
  case rejoin
}

/// One look of a search, in `searchFind`'s a and b.
public enum Look: UInt8, CaseIterable, Sendable {
  case timers = 1, tick, local, global, netpoll, steal
  /// After the processor was given up: all queues once more.
  case recheckGlobal, recheckLocal, recheckTimers
  /// Once more into the poller, for some 30 µs, before the processor is given up.
  case linger
}

public enum ReadyCause: UInt8, CaseIterable, Sendable {
  case timer = 1, channel, lock, waitGroup, netpoll, cancelled, join, semaphore, condition
  /// From outside: its sleep was ended before its time, or it was thawed.
  case byHand
}

/// Why a fiber waits. Each reason is used in one place only, so that a screen can say what the fiber does.
public enum ParkReason: UInt8, CaseIterable, Sendable {
  case sleep = 1, channelSend, channelReceive, lock, waitGroup, select, semaphore, condition, netpoll, frozen, join
  /// Wants a read-write lock.
  case readLock, writeLock
}

/// How a lock is held or wanted.
public enum LockMode: UInt8, CaseIterable, Sendable {
  /// A mutex: by one fiber.
  case exclusive = 0
  /// A read-write lock: by any number of readers.
  case read
  /// A read-write lock: by one writer.
  case write
}

public enum AcquireSource: UInt8, CaseIterable, Sendable {
  /// From the idle list, by the machine itself.
  case idleList = 1
  /// From whoever started or woke the machine.
  case given
}

public enum WakeFlags {
  /// The woken or started machine is to spin.
  @inlinable public static var spinning: UInt8 { 1 }
  /// The processor comes from the idle list in this step, not from the waker's hands.
  @inlinable public static var fromIdleList: UInt8 { 2 }
  /// The machine wakes itself: a timer is due, an earlier one was armed, or a file is ready.
  @inlinable public static var own: UInt8 { 4 }
  /// The woken machine slept for the fiber that is locked to it, which comes with the processor.
  @inlinable public static var locked: UInt8 { 8 }
}

public enum MachineParkReason: UInt8, CaseIterable, Sendable {
  /// On the idle list.
  case idle = 1
  /// In the network poller, until the next timer or until a file is ready; without a timer the deadline is 0.
  case timer
  /// sysmon sleeps until something happens.
  case sysmon
  /// Until the fiber can run that is locked to it.
  case locked
}

public enum SpinReason: UInt8, CaseIterable, Sendable {
  /// A search found nothing local and may steal: 2 × spinning < busy.
  case search = 1
  /// Someone who made work woke it to spin: nobody else was spinning.
  case woken
  /// It found work after it had given its processor back, and got another.
  case recheck
}

public enum SpinEnd: UInt8, CaseIterable, Sendable {
  case found = 1, gaveUp
}

public enum SyscallExit: UInt8, CaseIterable, Sendable {
  /// The processor was still there.
  case fast = 1
  /// It was retaken; `processorAcquire` or a global push follows.
  case slow
}

public enum SysmonAct: UInt8, CaseIterable, Sendable {
  case paceSlower = 1, paceFast, deepSleep, injected
}
