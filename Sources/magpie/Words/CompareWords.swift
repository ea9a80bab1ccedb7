import MagpieTrace
import MagpieView

/// Why two runs cannot be compared as asked, and what can be.
enum CompareRefusal: Sendable, Equatable {
  case cannotBeCompared(scenario: String)
  case runShowsOne(scenario: String)
  case takesTwo(Int, given: String)
  case forExample(String, String)
  /// Both sides would be the same run.
  case sameSides(Era, processors: Int?)
  case sameWithoutProcessors(Era)
  case nameAnother(Era), orTwoCounts(Era)

  var english: String {
    switch self {
    case .cannotBeCompared(let scenario):
      "\(scenario) cannot be compared: its clients are outside, and do not come twice at the same moments"
    case .runShowsOne(let scenario): "`magpie run \(scenario) --era E` shows it under one scheduler."
    case .takesTwo(let count, let given): "--eras takes two schedulers, left and right, not \(count): '\(given)'"
    case .forExample(let left, let right): "For example --eras \(left),\(right)."
    case .sameSides(let era, let count): "both sides would be the same: \(era)" + (count.map { " with \($0) P" } ?? "")
    case .sameWithoutProcessors(let era):
      "both sides would be the same: \(era) has no Ps of which one could have more"
    case .nameAnother(let era): "Name another scheduler: --eras \(CompareRefusal.other(era))."
    case .orTwoCounts(let era): "Or two numbers of Ps: --eras \(era) --procs 1,4."
    }
  }

  var chinese: String {
    switch self {
    case .cannotBeCompared(let scenario): "\(scenario) 不能对比：它的客户端在外面，不会在同样的时刻来两次"
    case .runShowsOne(let scenario): "`magpie run \(scenario) --era E` 显示它在一种调度器下的样子。"
    case .takesTwo(let count, let given): "--eras 接受左右两种调度器，而不是 \(count) 种：'\(given)'"
    case .forExample(let left, let right): "例如 --eras \(left),\(right)。"
    case .sameSides(let era, let count): "两边会是一样的：\(era)" + (count.map { "，\($0) 个 P" } ?? "")
    case .sameWithoutProcessors(let era): "两边会是一样的：\(era) 没有 P，数目无从不同"
    case .nameAnother(let era): "换一种调度器：--eras \(CompareRefusal.other(era))。"
    case .orTwoCounts(let era): "或者给出两个 P 的数目：--eras \(era) --procs 1,4。"
    }
  }

  private static func other(_ era: Era) -> String { era == .mpn ? "global,mpn" : "\(era),mpn" }
}

/// What `magpie compare --help` says.
enum CompareHelp: Sendable, Equatable {
  case abstract, usage, more
  case eras([String]), procs, seconds, simulated, history, headless, json

  var english: String {
    switch self {
    case .abstract: "Run a scenario under two schedulers, and show both side by side."
    case .usage: "magpie compare [SCENARIO] [its parameters …] [--eras A,B] [--procs N[,N]] [<options>]"
    case .more:
      "Each runs alone, one after the other, with the same seed; then both histories are shown on one clock. One scheduler with "
        + "two numbers of Ps can be compared too: --eras mpn --procs 1,4."
    case .eras(let names):
      "The schedulers, left and right: two of \(names.joined(separator: ", ")); or one, with two --procs."
    case .procs: "How many Ps, 1 to 256: for both, or left and right."
    case .seconds: "Stop each after so many real seconds."
    case .simulated: "One machine at a time, in an order drawn from the seed: the same seed gives the same runs."
    case .history: "Memory for the past of each, 1M to 64G, the oldest of which goes; 256M if not said."
    case .headless: "No screen: print both and what differs as a table."
    case .json: "No screen: print both and what differs as one JSON object on one line."
    }
  }

  var chinese: String {
    switch self {
    case .abstract: "在两种调度器下运行同一个场景，并排显示。"
    case .usage: "magpie compare [场景] [场景的参数 …] [--eras A,B] [--procs N[,N]] [<options>]"
    case .more: "两次运行先后单独进行，种子相同；然后两段历史在同一个时钟上显示。同一种调度器、两个 P 的数目也可以对比：--eras mpn --procs 1,4。"
    case .eras(let names): "左右两种调度器：\(names.joined(separator: "、")) 中的两种；或一种，加上两个 --procs。"
    case .procs: "多少个 P，1 到 256：两边一样，或左右各一个。"
    case .seconds: "每次运行过这么多真实的秒之后停止。"
    case .simulated: "每次只有一个线程前进，次序由种子决定：种子相同，运行就相同。"
    case .history: "每次运行用于过去事件的内存，1M 到 64G，最旧的先去掉；不说则为 256M。"
    case .headless: "没有画面：把两次运行和它们的差别打印成表。"
    case .json: "没有画面：把两次运行和它们的差别打印成一行 JSON。"
    }
  }
}
