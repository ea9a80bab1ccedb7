import MagpieModel
import MagpieTrace

extension ComparePhrase {
  var chinese: String {
    switch self {
    case .side(let era, let processors):
      EraPhrase.name(era).chinese
        + (era == .mpn ? " · \(processors) 个 P" : era.hasProcessorCount ? " · 同时运行 \(processors) 个" : "")
    case .playing: "播放"
    case .byProgress(let left, let right, let all):
      left == right
        ? "按进度对齐：两边都完成了 \(Numbers.grouped(left)) / \(Numbers.grouped(all)) 个任务"
        : "按进度对齐：共 \(Numbers.grouped(all)) 个任务，左边完成 \(Numbers.grouped(left)) 个，右边完成 \(Numbers.grouped(right)) 个"
    case .byTime(let time): "按时间对齐：两边都已开始 \(Numbers.seconds(time)) s"
    case .done(let count, let all): "完成 \(Numbers.grouped(count)) / \(Numbers.grouped(all))"
    case .over: "已结束"
    case .figures: "数据"
    case .notJudged: "累计数字在两边完成得一样多时才评判"
    case .figure(let figure): ComparePhrase.chinese(figure)
    case .wholeTime: "全程实际用时"
    case .wholeThreads: "全程最多线程"
    case .wholeSwitches: "全程内核切换"
    case .better(_, _, nil): "没有"
    case .better(.more, _, let factor?): "多 \(ComparePhrase.times(factor))"
    case .better(.less, true, let factor?): "短 \(ComparePhrase.times(factor))"
    case .better(.less, false, let factor?): "少 \(ComparePhrase.times(factor))"
    case .alike: "相差不大"
    case .isOver: "两次运行都已结束：可以回看，不能改变"
    case .checkFailed: "场景自己的检查没有通过"
    case .needsTwo: "并排看两次运行：magpie compare SCENARIO --eras global,mpn"
    case .keyPlay: "播放"
    case .keyAlign: "对齐"
    case .keySide: "另一边"
    case .helpCompare: "对比：两次运行并排（magpie compare）"
    case .helpAlign: "对比：按进度或按时间对齐"
    }
  }

  private static func chinese(_ figure: Figure) -> String {
    switch figure {
    case .time: "时间"
    case .done: "完成的任务"
    case .ready: "可运行，排队"
    case .running: "正在运行"
    case .active: "就绪或运行"
    case .calls: "在阻塞调用中"
    case .waiting: "等待事件"
    case .switches: "切换"
    case .queueWait: "排队等待 p50"
    case .longQueueWait: "排队等待 p99"
    case .steals: "窃取"
    case .victims: "查看过的队列"
    case .handoffs: "移交"
    case .lockWaits: "等待队列锁"
    case .lockWaited: "等待队列锁共"
    case .threads: "最多线程"
    }
  }
}
