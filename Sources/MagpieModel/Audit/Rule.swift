/// A rule of the scheduler, or of the trace, that the audit checks with each event.
public enum Rule: UInt8, Sendable, Hashable, CaseIterable {
  // MARK: the trace itself

  /// The event is of a kind that does not exist.
  case knownKind = 0
  /// The event names a processor, machine or number that cannot be.
  case argument
  /// The model follows a bounded number of fibers; beyond it they are not shown.
  case fiberLimit

  // MARK: fibers

  /// A fiber is created once, with a number that no live fiber has.
  case createdOnce
  /// Only fibers that live do anything.
  case fiberLives
  /// Each fiber is in exactly one place; an event moves it from the place where it is.
  case onePlace
  /// A fiber starts from the hands of the machine that runs it.
  case startFromHands
  /// A machine runs one fiber at a time.
  case oneFiberPerMachine
  /// Only the holder of a processor runs a fiber.
  case runsWithProcessor
  /// Only a parked fiber is made ready, once.
  case readyOfParked
  /// A fiber's own sequence number rises by one with each park; the ready names the park that it ends.
  case fiberSequence
  /// Where each task has a machine of its own, only that acts for it, and only while the task is awake.
  case ownMachine

  // MARK: queues

  /// Slots of a local queue are filled and emptied in order, each once.
  case slotOrder
  /// A slot gives the fiber that was put into it.
  case slotContent
  /// At most 256 fibers in a local queue.
  case queueCapacity
  /// runnext gives, and displaces, the fiber that was put into it.
  case runNextContent
  /// The version of runnext rises by one.
  case runNextVersion
  /// An overflow moves 128 fibers, the older half of a full queue.
  case overflowHalf
  /// The indices of the global queue rise in order.
  case globalOrder
  /// The global queue gives the fibers in the order in which they came.
  case globalContent
  /// A push on the global queue brings the fibers of the overflow before it, and one more.
  case globalPushCount
  /// At most size / processors + 1 fibers are taken from the global queue, at most 128, one on the 61st tick.
  case globalBatch

  // MARK: stealing

  /// A thief takes half of the queue that it observed, rounded up, at most 128.
  case stealHalf
  /// runnext is stolen in the fourth round only.
  case stealRunNextRound
  /// There are four rounds of stealing.
  case stealRound
  /// Nobody steals from himself.
  case stealFromOther
  /// Only a spinning machine steals.
  case stealSpinning
  /// distributed: a thief that finds nothing has looked at the queue of each other thread, in each round.
  case stealScope

  // MARK: processors

  /// The version of a processor rises by one.
  case processorVersion
  /// A processor belongs to one machine at a time, and passes from it to the next.
  case processorHolder
  /// A machine holds one processor at most.
  case oneProcessorPerMachine
  /// The sequence number of the idle lists rises by one.
  case idleSequence
  /// Only processors that are too many retire, and only wanted ones begin.
  case processorCount
  /// distributed: a queue is its machine's own, for ever.
  case queueOwner
  /// distributed: no more machines run fibers at once than there are permits, and who hands one on has it.
  case permits

  // MARK: machines

  /// Only a machine that sleeps on the idle list is woken by another.
  case wakeOfParked
  /// A machine is started once, and does nothing after its end.
  case machineLife
  /// A machine goes to sleep with empty hands: no processor, no fiber.
  case parkEmptyHanded
  /// A search may begin to spin only while 2 × spinning < busy processors.
  case spinHalf
  /// A machine is woken to spin only when nobody spins.
  case spinWokenAlone
  /// A machine begins to spin when it does not, and ends when it does.
  case spinAlternates
  /// Work does not wait while every machine sleeps.
  case workWhileAllSleep

  // MARK: searches

  /// timers, 61st tick, local, global, poller, stealing, then all once more; nothing is left out before what was found.
  case searchOrder
  /// The global queue goes first only on each 61st tick.
  case searchTick
  /// A search found what its last look gave.
  case searchFound

  // MARK: sync objects, timers

  /// The sequence number of a sync object rises by one.
  case objectSequence
  /// What is in a channel follows from what went in and out, and never exceeds its capacity.
  case occupancy
  /// A lock has one holder.
  case lockExclusive
  /// A timer does not fire before its time.
  case timerDeadline

  // MARK: the eras of the history

  /// An era has no such step: where there is one queue, nothing stands anywhere else, and nobody steals or spins; on one thread nothing
  /// is started, passed on or preempted.
  case foreignStep
  /// Where all runs on one thread, only that one runs fibers, one at a time.
  case oneThread
  /// Under serial a task ends before the next begins.
  case oneTaskAtATime

  // MARK: at the end of a run

  /// When a run is over, no fiber is left in a queue.
  case leftInQueue
  /// When a run is over, no fiber is left in a machine's hands.
  case leftInHands
  /// Fibers created are fibers finished plus fibers alive.
  case fiberCount
}
