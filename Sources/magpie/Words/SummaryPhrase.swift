import Magpie
import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieTrace
import MagpieView

/// What the table at the end of a run without a screen says, and the one that compares two runs.
enum SummaryPhrase: Sendable {
  /// What a line is about.
  enum Label: Sendable {
    case fibers, tasks, events, steals, handoffs, lock, queueWait, kernel, audit, deadlock, check
    case lockTakings, kernelProcesses, kernelThreads, kernelVoluntary, kernelInvoluntary
  }

  case label(Label)
  case head(Summary)
  case fibers(created: Int, live: Int)
  case events(Int, lost: Int, hash: String)
  case lost(Summary.Loss)
  case moreLosses(Int)
  case steals(Summary.Steals, searches: Int)
  case handoffs(Int, machines: Int)
  case lock(Summary.Lock)
  case queueWait(Summary.QueueWait)
  case kernel(Summary.Kernel)
  case processor(Summary.Processor)
  case moreProcessors(Int)
  case audit(findings: Int, events: Int, first: Defect?)
  case waits(DeadlockReport.Waiter)
  case more(Int)
  case check(ScenarioResult)
  /// A comparison's first line, its sides, and what is better there.
  case comparison(Summary)
  case side(Summary)
  case verdict(ComparePhrase, side: Summary)
  case ofSide(Summary, CommandPhrase)
}

extension Language {
  func callAsFunction(_ phrase: SummaryPhrase) -> String {
    switch self {
    case .english: phrase.english
    case .chinese: phrase.chinese
    }
  }
}

extension SummaryPhrase {
  var english: String {
    switch self {
    case .label(let label): Self.english(label)
    case .head(let summary):
      "\(summary.scenario)\(summary.era == .mpn ? "" : " under \(summary.era)")"
        + "\(summary.era.hasProcessorCount ? " on \(summary.processorCount) P" : ""), seed \(summary.seed): "
        + (summary.deadlock.isEmpty
          ? (summary.isComplete ? "complete" : "stopped before its end") : "ended in a deadlock")
        + ", \(Numbers.duration(summary.virtualNanoseconds)) virtual in \(Numbers.duration(summary.wallNanoseconds))"
    case .fibers(let created, let live): "\(Numbers.grouped(created)) created, \(Numbers.grouped(live)) live"
    case .events(let count, let lost, let hash):
      "\(Numbers.grouped(count)), \(Numbers.grouped(lost)) lost, hash \(hash)"
    case .lost(let loss):
      "M\(loss.machine) lost \(Numbers.grouped(loss.events)) from \(Numbers.duration(loss.fromNanoseconds))"
        + " to \(Numbers.duration(loss.toNanoseconds))"
    case .moreLosses(let count): "and \(Numbers.grouped(count)) more losses"
    case .steals(let steals, let searches):
      "\(Numbers.grouped(steals.succeeded)) of \(Numbers.grouped(steals.attempts)) attempts"
        + " took \(Numbers.grouped(steals.fibers)) fibers; \(Numbers.grouped(searches)) searches"
    case .handoffs(let count, let machines): "\(Numbers.grouped(count)); \(Numbers.grouped(machines)) machines"
    case .lock(let lock):
      "taken \(Numbers.grouped(lock.takings)) times, waited for \(Numbers.grouped(lock.contended)) times, "
        + "\(Numbers.duration(lock.waitedNanoseconds)) in all, \(Numbers.duration(lock.longestNanoseconds)) at the longest"
    case .queueWait(let wait):
      "half within \(Numbers.duration(wait.p50)), 99 % within \(Numbers.duration(wait.p99)),"
        + " longest \(Numbers.duration(wait.max))"
    case .kernel(let kernel):
      "\(Numbers.grouped(kernel.threads)) threads, \(Numbers.grouped(kernel.voluntary)) voluntary and "
        + "\(Numbers.grouped(kernel.involuntary)) involuntary switches"
    case .processor(let processor):
      "ran \(Numbers.grouped(processor.ran)), busy \(Numbers.duration(processor.busyNanoseconds)),"
        + " stole \(Numbers.grouped(processor.stole)), lost \(Numbers.grouped(processor.stolenFrom)) to thieves"
    case .moreProcessors(let count): "and \(Numbers.grouped(count)) more processors"
    case .audit(let findings, let events, let first):
      "\(Numbers.grouped(findings)) findings in \(Numbers.grouped(events)) events"
        + (first.map { "; first: \($0.text)" } ?? "")
    case .waits(let waiter):
      "G\(waiter.fiber) \(harmless(waiter.name)) waits on \(waiter.waitsOn)"
        + (Self.names(waiter).map { names, more in
          ", for \(names.joined(separator: ", "))" + (more > 0 ? " and \(Numbers.grouped(more)) more" : "")
        } ?? "")
    case .more(let count): "and \(Numbers.grouped(count)) more"
    case .check(let result): (result.ok ? "ok" : "FAILED") + Self.fields(result, ": ", ", ")
    case .comparison(let summary): "\(summary.scenario), seed \(summary.seed)"
    case .side(let summary):
      summary.era.rawValue
        + (summary.era.hasProcessorCount
          ? ", \(summary.processorCount) \(summary.era == .mpn ? "P" : "may run")" : "")
    case .verdict(let phrase, let side): "\(SummaryPhrase.side(side).english): \(Language.english(.compare(phrase)))"
    case .ofSide(let summary, let phrase): "\(SummaryPhrase.side(summary).english): \(phrase.english)"
    }
  }

  private static func english(_ label: Label) -> String {
    switch label {
    case .fibers: "fibers"
    case .tasks: "tasks"
    case .events: "events"
    case .steals: "steals"
    case .handoffs: "handoffs"
    case .lock: "lock"
    case .queueWait: "queue wait"
    case .kernel: "kernel"
    case .audit: "audit"
    case .deadlock: "deadlock"
    case .check: "check"
    case .lockTakings: "lock taken"
    case .kernelProcesses: "processes at most"
    case .kernelThreads: "kernel threads at most"
    case .kernelVoluntary: "voluntary kernel switches"
    case .kernelInvoluntary: "involuntary kernel switches"
    }
  }

  var chinese: String {
    switch self {
    case .label(let label): Self.chinese(label)
    case .head(let summary):
      "\(summary.scenario)\(summary.era == .mpn ? "" : "，\(summary.era.rawValue)")"
        + "\(summary.era.hasProcessorCount ? "，\(summary.processorCount) 个 P" : "")，种子 \(summary.seed)："
        + (summary.deadlock.isEmpty ? (summary.isComplete ? "完成" : "未到结尾就停止") : "以死锁告终")
        + "，虚拟时间 \(Numbers.duration(summary.virtualNanoseconds))，实际用时 \(Numbers.duration(summary.wallNanoseconds))"
    case .fibers(let created, let live): "创建 \(Numbers.grouped(created)) 个，存活 \(Numbers.grouped(live)) 个"
    case .events(let count, let lost, let hash):
      "\(Numbers.grouped(count)) 个，丢失 \(Numbers.grouped(lost)) 个，散列 \(hash)"
    case .lost(let loss):
      "M\(loss.machine) 丢失 \(Numbers.grouped(loss.events)) 个，从 \(Numbers.duration(loss.fromNanoseconds))"
        + " 到 \(Numbers.duration(loss.toNanoseconds))"
    case .moreLosses(let count): "另有 \(Numbers.grouped(count)) 处丢失"
    case .steals(let steals, let searches):
      "尝试 \(Numbers.grouped(steals.attempts)) 次，成功 \(Numbers.grouped(steals.succeeded)) 次，"
        + "取走 \(Numbers.grouped(steals.fibers)) 个协程；搜索 \(Numbers.grouped(searches)) 次"
    case .handoffs(let count, let machines): "\(Numbers.grouped(count)) 次；\(Numbers.grouped(machines)) 个 M"
    case .lock(let lock):
      "取得 \(Numbers.grouped(lock.takings)) 次，等待 \(Numbers.grouped(lock.contended)) 次，"
        + "共 \(Numbers.duration(lock.waitedNanoseconds))，最长 \(Numbers.duration(lock.longestNanoseconds))"
    case .queueWait(let wait):
      "一半不超过 \(Numbers.duration(wait.p50))，99 % 不超过 \(Numbers.duration(wait.p99))，"
        + "最长 \(Numbers.duration(wait.max))"
    case .kernel(let kernel):
      "\(Numbers.grouped(kernel.threads)) 个线程，自愿切换 \(Numbers.grouped(kernel.voluntary)) 次，"
        + "被迫切换 \(Numbers.grouped(kernel.involuntary)) 次"
    case .processor(let processor):
      "运行 \(Numbers.grouped(processor.ran)) 次，忙 \(Numbers.duration(processor.busyNanoseconds))，"
        + "窃取 \(Numbers.grouped(processor.stole)) 个，被窃 \(Numbers.grouped(processor.stolenFrom)) 个"
    case .moreProcessors(let count): "另有 \(Numbers.grouped(count)) 个 P"
    case .audit(let findings, let events, let first):
      "\(Numbers.grouped(events)) 个事件中有 \(Numbers.grouped(findings)) 处违规"
        + (first.map { "；第一处：\(CommandPhrase.chinese($0))" } ?? "")
    case .waits(let waiter):
      "G\(waiter.fiber) \(harmless(waiter.name)) 等待\(CommandPhrase.chinese(waiter.wait))"
        + (Self.names(waiter).map { names, more in
          "，要靠 \(names.joined(separator: "、"))" + (more > 0 ? " 等 \(Numbers.grouped(more + names.count)) 个" : "")
        } ?? "")
    case .more(let count): "另有 \(Numbers.grouped(count)) 个"
    case .check(let result): (result.ok ? "通过" : "未通过") + Self.fields(result, "：", "，")
    case .comparison(let summary): "\(summary.scenario)，种子 \(summary.seed)"
    case .side(let summary):
      summary.era.rawValue
        + (summary.era.hasProcessorCount
          ? summary.era == .mpn ? "，\(summary.processorCount) 个 P" : "，同时运行 \(summary.processorCount) 个" : "")
    case .verdict(let phrase, let side): "\(SummaryPhrase.side(side).chinese)：\(Language.chinese(.compare(phrase)))"
    case .ofSide(let summary, let phrase): "\(SummaryPhrase.side(summary).chinese)：\(phrase.chinese)"
    }
  }

  private static func chinese(_ label: Label) -> String {
    switch label {
    case .fibers: "协程"
    case .tasks: "任务"
    case .events: "事件"
    case .steals: "窃取"
    case .handoffs: "移交"
    case .lock: "队列锁"
    case .queueWait: "排队等待"
    case .kernel: "内核"
    case .audit: "审计"
    case .deadlock: "死锁"
    case .check: "检查"
    case .lockTakings: "取得队列锁"
    case .kernelProcesses: "最多进程"
    case .kernelThreads: "最多内核线程"
    case .kernelVoluntary: "自愿的内核切换"
    case .kernelInvoluntary: "被迫的内核切换"
    }
  }

  /// For whom a fiber waits, three at most by name, and how many more; nil where nobody knows.
  private static func names(_ waiter: DeadlockReport.Waiter) -> (names: [String], more: Int)? {
    let names = waiter.waitsFor.prefix(3).map { "G\($0)" }
    return names.isEmpty ? nil : (Array(names), waiter.waitsFor.count - names.count)
  }

  private static func fields(_ result: ScenarioResult, _ lead: String, _ separator: String) -> String {
    result.fields.isEmpty
      ? "" : lead + result.fields.map { "\($0.key) \(Numbers.grouped($0.value))" }.joined(separator: separator)
  }
}
