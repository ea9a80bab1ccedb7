import Magpie
import MagpieEras
import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieTrace
import MagpieView

/// What came of a run: what its scenario notes, and what is wrong with it.
extension CommandPhrase {
  static func chinese(_ note: ScenarioNote) -> String {
    switch note {
    case .unreadable(let path, let error): "\(path)：\(Language.chinese(error))"
    case .cannotServe(let error): "无法提供服务：\(chinese(error))"
    case .cannotAccept(let error): chinese(error)
    case .more(let count): "另有 \(count) 个"
    case .unreadableFiles(let count): "\(count) 个无法读取"
    }
  }

  private static func chinese(_ error: IOError) -> String {
    switch error {
    case .failed(let operation, let number):
      "\(operation)：\(Language.chinese(SystemError(number: number)))\(error.fileLimit.map(wayOut) ?? "")"
    case .closed(let operation): "\(operation)：文件已关闭"
    case .deadlineExceeded(let operation): "\(operation)：已过期限"
    }
  }

  private static func wayOut(_ limit: IOError.FileLimit) -> String {
    switch limit {
    case .ofProcess(let count): "；此进程可打开 \(count) 个文件（ulimit -n）：请调高，或关掉一些"
    case .ofAll(let count): "；所有进程共可打开 \(count) 个文件（fs.file-max）：请调高"
    }
  }

  static func chinese(_ trouble: TaskTrouble) -> String {
    switch trouble {
    case .hostNeverBegan(let error): "任务的宿主进程无法启动：\(Language.chinese(error))"
    case .hostEnded(let ending): "任务的宿主进程\(chinese(ending))"
    case .ended(let victim, .signal(let number)): "\(chinese(victim)) 的进程\(chinese(.signal(number)))"
    case .ended(let victim, .status(let status)): "\(chinese(victim)) 的进程在任务结束之前\(chinese(.status(status)))"
    case .neverBegan(let victim): "\(chinese(victim)) 没有开始：要为它创建进程的那个进程已先被终止"
    case .more(let count): "另有 \(count) 个"
    }
  }

  private static func chinese(_ victim: TaskTrouble.Victim?) -> String {
    victim.map { "G\($0.fiber)\($0.name.isEmpty ? "" : " \($0.name)")" } ?? "一个刚结束的任务"
  }

  private static func chinese(_ ending: TaskTrouble.Ending) -> String {
    switch ending {
    case .signal(let number): "被信号 \(number) 终止"
    case .status(let status): "以状态 \(status) 结束"
    }
  }

  static func chinese(_ defect: Defect) -> String {
    switch defect {
    case .finding(let finding): finding.chinese
    case .stalled: "什么都不能运行，却没有发现死锁：有一次唤醒丢失了"
    case .unmerged(let count): "\(count) 个事件的先后次序互相矛盾"
    case .lost(let count): "丢失了 \(count) 个事件"
    case .noDeadlock: "没有发现那个死锁"
    case .deadlock(let waiter): "死锁：G\(waiter.fiber) 等待\(chinese(waiter.wait))"
    case .unended: "运行没有结束"
    case .failedCheck: "场景自己的检查没有通过"
    }
  }

  /// What stands after 等待.
  static func chinese(_ wait: DeadlockReport.Wait) -> String {
    switch wait {
    case .parked(.sleep, _): "定时器"
    case .parked(.channelSend, let object): "通道 \(object) 的接收者"
    case .parked(.channelReceive, let object): "通道 \(object) 的值"
    case .parked(.lock, let object): "锁 \(object)"
    case .parked(.waitGroup, let object): "等待组 \(object)"
    case .parked(.join, _): "所有其他任务"
    case .parked(.netpoll, let object): "文件 \(object)"
    case .parked(.select, _): " select 的任一分支"
    case .parked(.readLock, let object): "锁 \(object)（读）"
    case .parked(.writeLock, let object): "锁 \(object)（写）"
    case .parked(.semaphore, let object): "信号量 \(object)"
    case .parked(.condition, let object): "条件变量 \(object)"
    case .parked(.frozen, let object): "解冻 \(object)"
    case .turn: "轮到自己开始"
    case .nothing: "：可以运行，却没有谁来运行它"
    }
  }
}
