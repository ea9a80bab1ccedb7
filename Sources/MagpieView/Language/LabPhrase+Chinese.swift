import MagpieTrace

extension LabPhrase {
  /// The phrase in Chinese.
  var chinese: String {
    switch self {
    case .claim(let claim): LabPhrase.chinese(claim)
    case .borneOut: "成立"
    case .notBorneOut: "在本机不成立"
    case .notKnown: "在本机无法判定"
    case .era: "时代"
    case .what: "测量项"
    case .at: "参数"
    case .value: "中位数"
    case .spread: "离散度"
    case .noEra: "无"
    case .atLeast(let bound): "至少 \(bound)"
    case .atMost(let bound): "至多 \(bound)"
    case .finding(let criterion, let measured, let bound):
      "\(LabPhrase.chinese(criterion))：\(measured)（说法：\(bound)）"
    case .notMeasured: "未测得"
    case .refused(let made, let wanted, let why):
      "\(Numbers.grouped(wanted)) 个中只能建 \(Numbers.grouped(made)) 个：\(why)"
    case .oneCPU: "需要两个 CPU"
    case .failed(let why): "出错：\(why)"
    }
  }

  private static func chinese(_ claim: LabClaim) -> String {
    switch claim {
    case .memory: "一个线程约占 1 MB 内存，一个协程只占几 KB。"
    case .contextSwitch: "线程切换约 1 µs，协程约 0.2 µs，少 80%；同一进程内的切换比跨进程便宜。"
    case .create: "创建和销毁代价高：进程高于线程，线程高于协程。"
    case .overhead: "进程或线程很多时，大量 CPU 花在调度上。"
    case .lockContention: "所有线程都要用全局队列，它唯一的互斥锁竞争激烈。"
    case .coherence: "所有线程都写的缓存行在各缓存之间来回移动；各自独有的则不会。"
    case .stealScan: "每个线程一个队列时，窃取要扫描处于系统调用中的线程的队列；有了 P 就不必。"
    case .cacheScan: "每个线程一份缓存时，垃圾回收器和内存分配器也要这样扫描；有了 P 就不必。"
    case .blocking: "在 N:1 中，一个阻塞调用会让其他所有协程停下。"
    case .fairness: "时间片使一个任务不会饿死其他任务。"
    }
  }

  private static func chinese(_ criterion: LabCriterion) -> String {
    switch criterion {
    case .threadReserves: "一个线程保留的地址空间"
    case .threadUses: "一个等待中的线程占用的内存"
    case .fiberUses: "一个等待中的协程占用的内存"
    case .threadSwitch: "线程经 futex 切换一次"
    case .fiberSwitch: "协程经通道切换一次"
    case .fiberSwitchSaves: "比线程少"
    case .processSwitch: "进程经 futex 切换，与线程之比"
    case .processLife: "进程的创建加销毁，与线程之比"
    case .threadLife: "线程的创建加销毁，与协程之比"
    case .usefulShare(let era, let tasks): "\(era) 下 \(Numbers.grouped(tasks)) 个任务时有用的 CPU"
    case .lockWaits: "短任务等锁的时间，global 与 mpn 之比"
    case .ownQueuesGain(let threads): "\(threads) 个线程每秒完成的短任务，mpn 与 global 之比"
    case .atomicBounces: "原子操作，两个线程与一个之比"
    case .sharedQueueBounces: "同一个队列，两个线程与一个之比"
    case .ownQueueDoesNot: "各自的队列，两个线程与一个之比"
    case .globalMigrates: "协程换线程的比例，global 与 mpn 之比"
    case .stealGrows(let era, let blocked): "\(era) 下一次失败的窃取，\(Numbers.grouped(blocked)) 个阻塞线程与没有之比"
    case .cacheGrows(let era, let blocked): "\(era) 下访问全部缓存，\(Numbers.grouped(blocked)) 个阻塞线程与没有之比"
    case .cachesCost(let blocked): "\(Numbers.grouped(blocked)) 个阻塞线程时访问全部缓存，distributed 与 mpn 之比"
    case .othersProgress(let era): "\(era) 下其他任务在此期间的进展"
    case .worstWait(let era): "\(era) 下独占者旁边最长的等待"
    }
  }
}
