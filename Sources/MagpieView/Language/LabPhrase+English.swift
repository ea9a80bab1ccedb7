import MagpieTrace

extension LabPhrase {
  /// The phrase in English.
  var english: String {
    switch self {
    case .claim(let claim): LabPhrase.english(claim)
    case .borneOut: "borne out"
    case .notBorneOut: "not borne out here"
    case .notKnown: "could not be decided here"
    case .era: "era"
    case .what: "what"
    case .at: "at"
    case .value: "median"
    case .spread: "spread"
    case .noEra: "none"
    case .atLeast(let bound): "at least \(bound)"
    case .atMost(let bound): "at most \(bound)"
    case .finding(let criterion, let measured, let bound):
      "\(LabPhrase.english(criterion)): \(measured) (claimed: \(bound))"
    case .notMeasured: "not measured"
    case .refused(let made, let wanted, let why):
      "\(Numbers.grouped(made)) of \(Numbers.grouped(wanted)) could be made: \(why)"
    case .oneCPU: "it takes two CPUs"
    case .failed(let why): why
    }
  }

  private static func english(_ claim: LabClaim) -> String {
    switch claim {
    case .memory: "A thread costs about 1 MB of memory, a goroutine KBs."
    case .contextSwitch:
      "A thread switches in about 1 µs, a goroutine in 0.2 µs, 80 % less; a thread for less than a process."
    case .create: "Creating and destroying is dear: a process more than a thread, a thread more than a goroutine."
    case .overhead: "With many processes or threads much of the CPU goes into scheduling."
    case .lockContention: "All want the global queue, and its one mutex is fought for."
    case .coherence: "What all threads write bounces between their caches; what each has for itself does not."
    case .stealScan:
      "With a queue a thread, stealing scans the queues of threads in system calls too; with Ps it does not."
    case .cacheScan: "With caches a thread, so do the collector and the allocator; with Ps they do not."
    case .blocking: "One blocking call stops all the others of N:1."
    case .fairness: "Time slices keep one task from starving the others."
    }
  }

  private static func english(_ criterion: LabCriterion) -> String {
    switch criterion {
    case .threadReserves: "a thread reserves"
    case .threadUses: "a thread that waits has in memory"
    case .fiberUses: "a fiber that waits has in memory"
    case .threadSwitch: "a thread switches by futex in"
    case .fiberSwitch: "a fiber switches by channel in"
    case .fiberSwitchSaves: "less than a thread's, by"
    case .processSwitch: "processes by futex, to threads"
    case .processLife: "life of a process, to a thread's"
    case .threadLife: "life of a thread, to a fiber's"
    case .usefulShare(let era, let tasks): "useful CPU with \(Numbers.grouped(tasks)) tasks under \(era)"
    case .lockWaits: "waiting for the lock, short tasks, global to mpn"
    case .ownQueuesGain(let threads): "short tasks a second on \(threads) threads, mpn to global"
    case .atomicBounces: "an atomic with two threads, to one"
    case .sharedQueueBounces: "one queue with two threads, to one"
    case .ownQueueDoesNot: "queues of their own with two threads, to one"
    case .globalMigrates: "fibers that change threads, global to mpn"
    case .stealGrows(let era, let blocked):
      "a failed steal beside \(Numbers.grouped(blocked)) blocked threads under \(era), to none"
    case .cacheGrows(let era, let blocked):
      "visiting all caches beside \(Numbers.grouped(blocked)) blocked threads under \(era), to none"
    case .cachesCost(let blocked):
      "visiting all caches beside \(Numbers.grouped(blocked)) blocked threads, distributed to mpn"
    case .othersProgress(let era): "what the others get done meanwhile under \(era)"
    case .worstWait(let era): "the worst wait beside a hog under \(era)"
    }
  }
}
