import MagpieTrace
import MagpieView

/// What `--help` says of the commands, their arguments and options. Each language answers with one exhaustive switch.
///
/// The parser takes it from the commands' declarations, which are evaluated when it first needs them: in the language of `spoken`.
enum HelpPhrase: Sendable, Equatable {
  // MARK: commands
  case magpie, magpieMore
  case run, runUsage, runMore
  case simulate, simulateUsage, simulateMore
  case lesson, lessonMore
  case compare(CompareHelp)
  case bench, list, doctor
  case lab, labMore

  // MARK: arguments
  case whatToRun, itsParameters, whichLesson
  case oneOf([String])

  // MARK: options
  case era([String]), procs, tempo, seed, seconds, simulated, faultsOfSimulate, free, ring, history
  case headless, summaryAsJSON, scheduleTrace, text
  case colors(String), theme, language, ascii, mouse, config
  case auto, lessonText
  case allScenarios, seeds, faults, scenarioAsJSON
  case repetitions, operations, repetitionAsJSON, traced
  case oneOfOrAll([String]), repetitionsOfClaims, rowAsJSON, rowAsCSV
  case json

  // MARK: of one scenario
  case ofThisScenario, ofEveryRun
  case usage
  case scenarios, eras, benchmarks, themes
  /// What a scheduler of the history is, in one line.
  case eraText(Era)
  /// `5us; 0s to 1s`: what holds when nothing is given, and the values that are allowed.
  case range(value: String, from: String, to: String)
}

/// In the language in which the command talks.
func help(_ phrase: HelpPhrase) -> String { Language.spoken(phrase) }

extension Language {
  /// The words of a phrase.
  func callAsFunction(_ phrase: HelpPhrase) -> String {
    switch self {
    case .english: phrase.english
    case .chinese: phrase.chinese
    }
  }
}

extension HelpPhrase {
  var english: String {
    switch self {
    case .magpie: "A real M:P:N scheduler that you can watch."
    case .magpieMore: "Without a command, shows the tour. `magpie list` says what else there is."
    case .run: "Run a scenario and show it live."
    case .runUsage: "magpie run [SCENARIO] [its parameters …] [<options>]"
    case .runMore: "`magpie run SCENARIO --help` shows the scenario's own parameters, `magpie list` all scenarios."
    case .simulate: "Run scenarios one machine at a time over many seeds, each audited."
    case .simulateUsage: "magpie simulate SCENARIO|--all [its parameters …] [<options>]"
    case .simulateMore: "Each scenario has its small size unless its parameters say otherwise."
    case .lesson: "Give a lecture: a run that never varies, with stops and words."
    case .lessonMore:
      "Without a name, lists the lessons. NAME is one of them, one of your own in $XDG_CONFIG_HOME/magpie/lessons/NAME.yaml, "
        + "or the path of a .yaml file. → and ← (PageDown, PageUp) go from stop to stop, . and , by an event."
    case .compare(let phrase): phrase.english
    case .bench: "Measure the runtime."
    case .lab: "Measure the claims of the history on this machine, and print claim against measurement."
    case .labMore:
      "What is compared takes turns, and each is measured several times. A row tells the median, and as spread how far the middle"
        + " half lies apart, in the same unit. A claim is borne out if all its figures are within what it says; one that this"
        + " machine does not bear out is reported as such, and is no error."
    case .list: "Show all scenarios, eras, benchmarks and themes."
    case .doctor: "Say what this terminal and this machine can do, why, and what to do where something is off."

    case .whatToRun: "What to run."
    case .itsParameters: "Its parameters."
    case .whichLesson: "Which lesson."
    case .oneOf(let names): "One of: \(names.joined(separator: ", "))."

    case .era(let names): "The scheduler: \(names.joined(separator: ", "))."
    case .procs: "How many Ps, 1 to 256."
    case .tempo: "How fast virtual time goes: 1/N, N from 1 to 10000."
    case .seed: "Where random choices begin."
    case .seconds: "Stop after so many real seconds."
    case .simulated: "One machine at a time, in an order drawn from the seed: the same seed gives the same run."
    case .faultsOfSimulate: "With --simulate: the faults of `magpie simulate --faults`."
    case .free: "Never let the run wait for the viewer: what the viewer misses counts as lost."
    case .ring: "Events that a machine's ring holds, 16 to 1048576; below 64 with --free."
    case .history: "Memory for what has happened, 1M to 64G, the oldest of which goes; 64M if not said."
    case .headless: "No screen: run, audit, print the summary."
    case .summaryAsJSON: "No screen: print the summary as one JSON object on one line."
    case .scheduleTrace:
      "No screen: every so many real milliseconds, print the line of Go's GODEBUG=schedtrace to the standard error."
    case .text: "No screen: print one event a line, in plain words."
    case .colors(let words): "How many colours: \(words)."
    case .theme: "The colours by name; `magpie list` shows the themes."
    case .language: "The language: en or zh. Without it, that of LC_ALL, LC_MESSAGES or LANG."
    case .ascii: "Draw with the characters of ASCII alone."
    case .mouse: "Take the mouse from the terminal."
    case .config: "Read config.yaml and keys.yaml of the config folder."
    case .auto: "Goes on by itself, and ends after the last stop."
    case .lessonText: "No screen: print each stop with its event and its words."
    case .allScenarios: "Every scenario that can be simulated."
    case .seeds: "The first seed and the last."
    case .faults:
      "Slow machines, lost races, late timers, sleepers woken for nothing, threads that are refused at first."
    case .scenarioAsJSON: "Print one JSON object a scenario, one a line."
    case .repetitions: "How often it is repeated."
    case .operations: "How much one repetition does."
    case .repetitionAsJSON: "Print one JSON object a repetition, one a line."
    case .traced: "With tracing on, while nobody reads."
    case .oneOfOrAll(let names): "One of: \(names.joined(separator: ", ")); all if not said."
    case .repetitionsOfClaims:
      "How often each is measured; if not said, until its median is known, for 18 s a claim at most, or for one alone 60 s."
    case .rowAsJSON: "Print one JSON object a row, one a line."
    case .rowAsCSV: "Print the rows as lines of CSV, under the names of the columns."
    case .json: "Print one JSON object on one line."

    case .ofThisScenario: "OF THIS SCENARIO:"
    case .ofEveryRun: "OF EVERY RUN:"
    case .usage: "USAGE: "
    case .scenarios: "scenarios"
    case .eras: "eras (--era)"
    case .eraText(.serial): "one task at a time, to its end, on one thread"
    case .eraText(.processes): "a kernel process a task"
    case .eraText(.threads): "a kernel thread a task (1:1)"
    case .eraText(.nto1): "fibers on one thread (N:1)"
    case .eraText(.global): "fibers on many threads, one queue behind one lock (M:N)"
    case .eraText(.distributed): "fibers on many threads, a queue a thread, and stealing (M:N)"
    case .eraText(.mpn): "fibers on many threads, queues on the few Ps (M:P:N)"
    case .benchmarks: "benchmarks"
    case .themes: "themes"
    case .range(let value, let from, let to): " (\(value); \(from) to \(to))"
    }
  }

  var chinese: String {
    switch self {
    case .magpie: "一个看得见的、真实的 M:P:N 调度器。"
    case .magpieMore: "不带命令时显示 tour。其余的见 `magpie list`。"
    case .run: "运行一个场景，并实时显示。"
    case .runUsage: "magpie run [场景] [场景的参数 …] [<options>]"
    case .runMore: "`magpie run 场景 --help` 显示该场景自己的参数，`magpie list` 列出所有场景。"
    case .simulate: "以许多种子模拟场景，每次只有一个线程前进，逐次审计。"
    case .simulateUsage: "magpie simulate 场景|--all [场景的参数 …] [<options>]"
    case .simulateMore: "除非另给参数，每个场景都取较小的规模。"
    case .lesson: "讲一课：一次从不变化的运行，带停靠点和解说。"
    case .lessonMore:
      "不带名字时列出课程。名字可以是其中之一，或 $XDG_CONFIG_HOME/magpie/lessons/名字.yaml 中你自己的课，或一个 .yaml 文件的路径。"
        + "→ 和 ←（PageDown、PageUp）在停靠点之间移动，. 和 , 移动一个事件。"
    case .compare(let phrase): phrase.chinese
    case .bench: "测量运行时。"
    case .list: "列出所有场景、调度器时代、基准测试和主题。"
    case .lab: "在本机测量历史上的各种说法，并把说法与测量结果对照打印。"
    case .labMore:
      "互相比较的各项轮流测量，每项测多次。每行给出中位数；离散度是中间一半测量值的跨度，单位相同。一个说法的所有数字都在其范围内，才算成立；"
        + "在本机不成立的说法会如实报告，不算错误。"
    case .doctor: "说明这个终端和这台机器能做什么、为什么，以及不妥之处怎么办。"

    case .whatToRun: "要运行什么。"
    case .itsParameters: "它的参数。"
    case .whichLesson: "哪一课。"
    case .oneOf(let names): "其中之一：\(names.joined(separator: "、"))。"

    case .era(let names): "调度器：\(names.joined(separator: "、"))。"
    case .procs: "多少个 P，1 到 256。"
    case .tempo: "虚拟时间走得多快：1/N，N 为 1 到 10000。"
    case .seed: "随机选择从哪里开始。"
    case .seconds: "过这么多真实的秒之后停止。"
    case .simulated: "每次只有一个线程前进，次序由种子决定：种子相同，运行就相同。"
    case .faultsOfSimulate: "与 --simulate 合用：`magpie simulate --faults` 的那些故障。"
    case .free: "运行从不等待查看者：查看者错过的算作丢失。"
    case .ring: "一个线程的环能容纳的事件数，16 到 1048576；小于 64 须加 --free。"
    case .history: "用于过去事件的内存，1M 到 64G，最旧的先去掉；不说则为 64M。"
    case .headless: "没有画面：运行、审计、打印摘要。"
    case .summaryAsJSON: "没有画面：把摘要打印成一行 JSON。"
    case .scheduleTrace: "没有画面：每隔这么多真实的毫秒，向标准错误打印一行 Go 的 GODEBUG=schedtrace。"
    case .text: "没有画面：用平常的话每行打印一个事件。"
    case .colors(let words): "多少种颜色：\(words)。"
    case .theme: "配色的名字；`magpie list` 列出主题。"
    case .language: "语言：en 或 zh。不说则取 LC_ALL、LC_MESSAGES 或 LANG 的。"
    case .ascii: "只用 ASCII 字符绘制。"
    case .mouse: "由 magpie 接管鼠标。"
    case .config: "读取配置文件夹中的 config.yaml 和 keys.yaml。"
    case .auto: "自己讲下去，最后一个停靠点之后结束。"
    case .lessonText: "没有画面：打印每个停靠点的事件和解说。"
    case .allScenarios: "所有可以模拟的场景。"
    case .seeds: "第一个和最后一个种子。"
    case .faults: "缓慢的线程、输掉的竞争、迟到的定时器、无故的唤醒、起初被拒绝的线程。"
    case .scenarioAsJSON: "每个场景打印一行 JSON。"
    case .repetitions: "重复多少次。"
    case .operations: "一次重复做多少。"
    case .repetitionAsJSON: "每次重复打印一行 JSON。"
    case .traced: "开着跟踪，但没有人读。"
    case .oneOfOrAll(let names): "下列之一：\(names.joined(separator: ", "))；不写则测全部。"
    case .repetitionsOfClaims: "每项测多少次；不写时，测到中位数确定为止，每个说法至多 18 秒，单测一个时至多 60 秒。"
    case .rowAsJSON: "每个结果打印一行 JSON。"
    case .rowAsCSV: "把结果打印成 CSV，首行是列名。"
    case .json: "打印成一行 JSON。"

    case .ofThisScenario: "此场景的参数："
    case .ofEveryRun: "每次运行都有的选项："
    case .usage: "用法："
    case .scenarios: "场景"
    case .eras: "调度器时代（--era）"
    case .eraText(.serial): "一次一个任务，在一个线程上执行到底"
    case .eraText(.processes): "每个任务一个内核进程"
    case .eraText(.threads): "每个任务一个内核线程（1:1）"
    case .eraText(.nto1): "所有协程在一个线程上（N:1）"
    case .eraText(.global): "协程在多个线程上，一个全局队列、一把锁（M:N）"
    case .eraText(.distributed): "协程在多个线程上，每个线程一个队列，可窃取（M:N）"
    case .eraText(.mpn): "协程在多个线程上，队列属于少数 P（M:P:N）"
    case .benchmarks: "基准测试"
    case .themes: "主题"
    case .range(let value, let from, let to): "（\(value)；\(from) 到 \(to)）"
    }
  }
}
