import MagpieTrace

// Which rule an event follows, in one sentence, in Chinese. The numbers are the scheduler's constants.

extension Phrase {
  static func chinese(_ look: Look, _ found: Bool) -> String {
    switch look {
    case .timers: found ? "定时器到期" : "无定时器到期"
    case .tick: found ? "第 61 次：全局有" : "第 61 次：全局空"
    case .local: found ? "本地有" : "本地空"
    case .global: found ? "全局有" : "全局空"
    case .netpoll: found ? "轮询器有" : "轮询器无"
    case .steal: found ? "窃取成功" : "无可窃取"
    case .linger: found ? "逗留：轮询器有" : "逗留：轮询器无"
    case .recheckGlobal: found ? "复查全局：有" : "复查全局：空"
    case .recheckLocal: found ? "复查所有队列：有" : "复查所有队列：空"
    case .recheckTimers: found ? "复查定时器：有到期" : "复查定时器：无到期"
    }
  }

  static func chineseWhy(_ event: Event) -> String {
    guard let kind = event.kind else { return "跟踪格式中没有这种事件：它来自外部。" }
    switch kind {
    case .fiberCreate: return "新协程成为创建者所在 P 的 next；原来的 next 排到队尾。"
    case .fiberReady: return "谁唤醒协程，就把它放进自己 P 的 next：它多半要用刚碰过的数据。"
    case .fiberStart where event.a == 1: return "来自 next 的协程沿用唤醒者的时间片，以免两个协程互相唤醒而永远占住一个 P。"
    case .fiberStart: return "一个 P 同一时刻只运行一个协程；时间片为 10 ms。"
    case .fiberYield: return "主动让出的协程排到自己 P 的队尾。"
    case .fiberPreempt: return "运行超过 10 ms 的协程在下一个检查点停下，进入全局队列。"
    case .fiberPark: return "等待的协程不占线程：它的 M 接着运行下一个协程。"
    case .fiberExit: return "它的栈留给下一个开始的协程：此时还在缓存里。"
    case .fiberName: return "名字是给人看的；调度器只认编号。"
    case .searchFind where event.fiber == 0: return "哪里都没有可运行的协程：P 进入空闲列表，M 去睡眠。"
    case .searchFind: return "寻找的次序：本地队列、全局队列、网络轮询器，最后窃取其他 P。"
    case .queuePush, .queuePop: return "只有队列的主人能放入，因此本地队列不需要锁。"
    case .queueRunNextPut, .queueRunNextTake: return "next 先于队列运行：被唤醒的协程所需的数据还在缓存里。"
    case .queueOverflow: return "本地队列容纳 256 个；满时，较早的一半移入全局队列。"
    case .globalPush: return "全局队列为大家共有，由一把锁保护。"
    case .globalTake where event.detail == 1: return "每 61 次调度先查一次全局队列，以免那里的协程饥饿。"
    case .globalTake: return "P 只取公平的一份：全局队列长度除以 P 的个数，再加一。"
    case .stealTook: return "窃取者取走等待者的一半（向上取整）：最后一个立即运行，其余排进自己的队列。"
    case .stealTookRunNext: return "只有在四轮窃取的最后一轮，才可以拿走别人的 next。"
    case .stealFailed: return "四轮都按随机次序查遍所有 P，没有可窃取的协程。"
    case .processorIdle: return "空闲的 P 没有开销；谁有了新工作，谁来找它。"
    case .processorAcquire: return "M 必须有 P 才能运行协程。"
    case .processorCountChanged: return "多余的 P 在它的 M 下次寻找协程时退役；谁都不必为此停下。"
    case .processorRelease: return "原来在那里等待的协程已进入全局队列，由留下的 P 运行。"
    case .processorBegin: return "新的 P 起初空闲；谁有了新工作，就会找到它。"
    case .processorHandoff: return "进入必定阻塞的调用之前，M 先让出 P：另一个 M 接着用它。"
    case .processorDetach: return "从不进入检查点的协程无法停下：它独自继续运行，由另一个 M 接管队列。"
    case .machineRejoin: return "没有 P 就不能继续：它要么拿到空闲的 P，要么进入全局队列。"
    case .processorRetake: return "调用迟迟不返回，sysmon 便收回它的 P，由另一个 M 接管队列。"
    case .machineStart: return "没有睡眠的 M 可以接手这个 P，于是新建一个线程。"
    case .machinePark: return "睡眠的线程没有开销；唤醒它要花唤醒者几微秒。"
    case .machineWake where event.detail & WakeFlags.own != 0: return "总有一个 M 只睡到下一个定时器到期。"
    case .machineWake where event.detail & WakeFlags.locked != 0: return "协程锁定在那个 M 上：谁找到它，就连自己的 P 一起交出。"
    case .machineWake: return "有工作，有空闲的 P，又没有 M 在自旋：只唤醒一个 M，不多不少。"
    case .machineSpinBegin: return "自旋的 M 至多为忙碌的 P 的一半：寻找有代价，但唤醒代价更高。"
    case .machineSpinEnd: return "最后一个找到工作而结束自旋的 M 会再唤醒一个，以防还有工作。"
    case .machineSyscallEnter: return "内核可以扣住线程，却不能扣住后面的协程：sysmon 盯着这次调用。"
    case .machineSyscallExit where SyscallExit(rawValue: event.detail) == .fast: return "短调用保住自己的 P，几乎没有代价。"
    case .machineSyscallExit: return "没有 P 就不能继续：它要么得到空闲的 P，要么协程进入全局队列。"
    case .machineLocked: return "锁定的协程只在这个 M 上运行。"
    case .machineHog: return "它在中途无法被停下；只能请它经过检查点。"
    case .machineExit: return "运行时结束。"
    case .pollerNetpoll: return "就绪的协程一次成批取出。"
    case .timerArm: return "定时器放在各 P 自己的堆里，设置时不必拿别人的锁。"
    case .timerFire: return "每次寻找先查定时器；到期的协程随即变为可运行。"
    case .sysmon: return "sysmon 有事可做时每 20 µs 巡查一次，无事则逐步放慢到 10 ms。"
    case .deadlock: return "每个协程都在等别的协程；没有定时器、调用或队列还能唤醒谁。"
    case .channelMake: return "通道按发送的次序交付值。"
    case .channelSend, .channelReceive: return "若另一端有人等待，值便直接交给他，并将他唤醒。"
    case .channelClose: return "接收者取完剩下的值，然后得知再也没有了。"
    case .semaphoreAcquire, .semaphoreRelease: return "等待许可者按排队次序得到；要得多的人也不会被插队。"
    case .conditionWait, .conditionSignal: return "等待者先排队，再交还互斥锁，因此之后的信号不会错过它。"
    case .lockHandover: return "读者与写者轮流：有写者等待时不再放新读者进来，其间等待的接着轮到。"
    case .lockWait, .lockAcquire, .lockRelease: return "等锁的协程挂起：M 接着运行别的协程。"
    case .waitGroupCount: return "减到零时，所有等待者变为可运行。"
    case .userAnnotation, .userRegionBegin, .userRegionEnd: return "这是程序自己说的。"
    case .controlGeneration: return "从这里起一切重新精确可知，无论此前丢失了什么。"
    case .controlLost: return "环形缓冲区还没读完就被覆盖；与此相关的状态要到下次快照才知道。"
    }
  }
}
