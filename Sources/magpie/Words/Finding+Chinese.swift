import MagpieModel
import MagpieTrace

extension Finding {
  /// As `text`: the rule, what was found against it, and the event.
  var chinese: String {
    let name = event.kind?.name ?? "类型 \(event.rawKind)"
    var who = "M\(event.machine)"
    if event.processor != Event.noProcessor { who += " P\(event.processor)" }
    if event.fiber != Event.noFiber { who += " G\(event.fiber)" }
    return "事件 \(eventNumber)（\(name)，\(who)）：\(sentence)"
  }

  private var sentence: String {
    switch rule {
    case .knownKind: "没有类型 \(found) 这种事件"
    case .argument: "它指的东西不存在（\(found)）"
    case .fiberLimit: "协程太多，无法跟踪；略去 G\(found)"
    case .createdOnce: "创建 G\(found)，而它已经存活"
    case .fiberLives: "G\(found) 做了什么，却并不存活"
    case .onePlace: "G\(expected) 不在事件取走它的地方，而是\(words(place))"
    case .startFromHands: "G\(expected) 开始，却不在 M 的手中，而是\(words(place))"
    case .oneFiberPerMachine: "M 正在运行 G\(expected)，又来了第二个协程 G\(found)"
    case .runsWithProcessor: "协程在一个不持有 P 的 M 上运行"
    case .readyOfParked: "G\(expected) 被就绪，却没有停靠，而是\(words(place))"
    case .fiberSequence: "协程的序号是 \(found)，应为 \(expected)"
    case .ownMachine: "M\(found) 替 G\(expected) 行事，而它不属于自己，或没有运行"
    case .slotOrder: "用了槽位 \(found)，应为 \(expected)"
    case .slotContent: "从槽位中取出 G\(found)，那里是 \(fiber(expected))"
    case .queueCapacity: "容量 \(expected) 的队列得到第 \(found) 个协程"
    case .runNextContent: "runnext 给出 \(fiber(found))，里面是 \(fiber(expected))"
    case .runNextVersion: "runnext 的版本是 \(found)，应为 \(expected)"
    case .overflowHalf: "溢出取走 \(found) 个协程；应从满队列取走 \(expected) 个"
    case .globalOrder: "用了全局队列的序号 \(found)，应为 \(expected)"
    case .globalContent: "全局队列给出 \(fiber(found))，应为 \(fiber(expected))"
    case .globalPushCount: "放进全局队列 \(found) 个协程，M 带来的是 \(expected) 个"
    case .globalBatch: "从全局队列取走 \(found) 个协程，最多可取 \(expected) 个"
    case .stealHalf: "窃取了 \(found) 个协程，看到的一半是 \(expected) 个，最多 128 个"
    case .stealRunNextRound: "第 \(found) 轮窃取了 runnext，只有第 4 轮才可以"
    case .stealRound: "第 \(found) 轮窃取；一共 4 轮"
    case .stealFromOther: "P\(found) 窃取自己"
    case .stealSpinning: "M\(found) 窃取，却没有自旋"
    case .stealScope: "窃取者一无所得，看过 \(found) 个队列，四轮应看 \(expected) 个"
    case .queueOwner: "M\(expected) 把 M\(found) 的队列当作自己的"
    case .permits:
      found > expected ? "同时有 \(found) 个 M 运行协程，只许 \(expected) 个" : "M\(found) 转交了它并没有的许可"
    case .processorVersion: "P 的版本是 \(found)，应为 \(expected)"
    case .processorHolder: "P 不归 \(machine(found)) 使用，而归 \(machine(expected))"
    case .oneProcessorPerMachine: "持有 P\(expected) 的 M 又得到 P\(found)"
    case .idleSequence: "空闲列表的序号是 \(found)，应为 \(expected)"
    case .processorCount: "应有 \(expected) 个 P，与 \(found) 矛盾"
    case .wakeOfParked: "M\(found) 被唤醒时并未睡在那里，或睡着时行事"
    case .machineLife: "M\(found) 启动了两次，或结束后行事"
    case .parkEmptyHanded: "M 睡去时手中还有 P、协程，或 \(found) 个协程"
    case .spinHalf: "已有 \(found) 个自旋、\(expected) 个 P 在忙，又开始自旋"
    case .spinWokenAlone: "已有 \(found) 个自旋，又唤醒一个 M 来自旋"
    case .spinAlternates: "自旋开始了两次，或结束了两次"
    case .workWhileAllSleep: "\(found) 个协程在等待，而每个 M 又都睡去了一次"
    case .searchOrder: "搜索在看过\(look(expected))之后看\(look(found))"
    case .searchTick: "第 \(found) 次先看全局队列，61 除不尽它"
    case .searchFound: "搜索所得（\(source(found))）不是最后看到的"
    case .objectSequence: "对象的序号是 \(found)，应为 \(expected)"
    case .occupancy: "通道中有 \(found) 个值，应为 \(expected) 个"
    case .lockExclusive: "锁在被持有时被取得，或在空闲时被归还"
    case .timerDeadline: "定时器提前触发"
    case .foreignStep: "这种调度器没有这样的步骤"
    case .oneThread: "G\(found) 在 M\(expected) 上运行，而只有一个线程 M0，它同时只运行一个协程"
    case .oneTaskAtATime: "G\(found) 开始，而 G\(expected) 还没有结束"
    case .leftInQueue: "\(queueLeft.map { "P\($0) 的队列" } ?? "全局队列")中还剩 \(found) 个协程"
    case .leftInHands: "M\(expected) 手中还剩 \(found) 个协程"
    case .fiberCount: "\(found) 个协程存活，创建的减去结束的是 \(expected) 个"
    }
  }

  private func words(_ place: Place) -> String {
    switch place {
    case .localQueue: "在本地队列中"
    case .runNext: "在 runnext 中"
    case .globalQueue: "在全局队列中"
    case .hands: "在某个 M 的手中"
    case .running: "正在运行"
    case .blocked: "在阻塞调用中"
    case .detached: "没有 P 而运行"
    case .parked: "已停靠"
    case .nowhere: "哪里都不在"
    }
  }

  private func fiber(_ id: UInt32) -> String { id == Event.noFiber ? "空" : "G\(id)" }
  private func machine(_ id: UInt32) -> String { id == UInt32(Event.noMachine) ? "任何 M" : "M\(id)" }

  private func look(_ raw: UInt32) -> String {
    raw == 0 ? "空处" : MagpieTrace.Look(rawValue: UInt8(truncatingIfNeeded: raw)).map { " \($0) " } ?? " look \(raw) "
  }

  private func source(_ raw: UInt32) -> String {
    StartSource(rawValue: UInt8(truncatingIfNeeded: raw)).map { "\($0)" } ?? "source \(raw)"
  }
}
