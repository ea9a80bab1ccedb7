import Magpie
import MagpieView

extension LabFailure {
  /// What it is, in a language. - Parameter limit: the words of a limit.
  func text(_ language: Language, _ limit: (Limit) -> String) -> String {
    switch language {
    case .english: english
    case .chinese: chinese(limit)
    }
  }

  private var english: String {
    switch self {
    case .noTask(let error): error.text
    case .noPipe(let error): "no pipe: \(error.text)"
    case .noSharedMemory(let error): "no shared memory: \(error.text)"
    case .noProcess(let error): "cannot start itself: \(error.text)"
    case .memoryLeft(let megabytes): "\(megabytes) MB of memory are left"
    case .limit(let limit): "\(limit)"
    case .unfinished(let words): words
    case .tookLonger(let seconds): "it took more than \(seconds) s"
    case .signal(let number): "it was ended by signal \(number)"
    case .silent: "it ended without a word"
    case .unknown(let words): "it said what nobody understands: \(words)"
    case .misunderstood: "it was told what it does not understand"
    case .restless: "the other threads do not rest"
    case .nothingRan: "nothing ran that could be counted"
    case .cannotStayOnCPU: "cannot stay on one CPU"
    case .noSecondCPU: "the second thread found no CPU to run on"
    case .noFacts: "/proc does not tell"
    }
  }

  private func chinese(_ limit: (Limit) -> String) -> String {
    switch self {
    case .noTask(let error): Language.chinese(error)
    case .noPipe(let error): "无法建立管道：\(Language.chinese(error))"
    case .noSharedMemory(let error): "没有共享内存：\(Language.chinese(error))"
    case .noProcess(let error): "无法启动自身：\(Language.chinese(error))"
    case .memoryLeft(let megabytes): "内存只剩 \(megabytes) MB"
    case .limit(let met): limit(met)
    case .unfinished(let words): "运行没有到达终点：\(words)"
    case .tookLonger(let seconds): "用时超过 \(seconds) 秒"
    case .signal(let number): "被信号 \(number) 终止"
    case .silent: "没有结果就结束了"
    case .unknown(let words): "无法理解的回答：\(words)"
    case .misunderstood: "无法理解所给的参数"
    case .restless: "其他线程没有停歇"
    case .nothingRan: "没有运行，无从计数"
    case .cannotStayOnCPU: "无法固定在一个 CPU 上"
    case .noSecondCPU: "第二个线程没有得到 CPU"
    case .noFacts: "/proc 没有给出数据"
    }
  }
}
