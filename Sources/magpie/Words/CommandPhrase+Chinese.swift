import Magpie
import MagpieScenarios
import MagpieTrace
import MagpieView

extension CommandPhrase {
  var chinese: String {
    switch self {
    case .unknown(let named, let name, let nearest):
      CommandPhrase.chinese(named, name) + CommandPhrase.didYouMean(nearest)
    case .thereAre(let names): "可选：\(names.joined(separator: "、"))。"
    case .listShowsScenarios: "`magpie list` 列出所有场景。"
    case .lessonLists, .lessonListsThem: "`magpie lesson` 列出所有课程。"
    case .helpShowsCommands: "`magpie --help` 列出命令，`magpie list` 列出场景。"
    case .helpSays: "用法见 `magpie --help` 与 `magpie 命令 --help`。"
    case .runHelp(let scenario): "`magpie run \(scenario) --help` 说明它接受什么。"
    case .runHelpShowsHow(let scenario): "`magpie run \(scenario) --help` 说明如何运行它。"

    case .takes(let option, let wanted, let given): "\(option) 应为\(CommandPhrase.chinese(wanted))，而不是 \(given)"
    case .tempoHint: "1/1 是全速，1/1000 慢一千倍。"
    case .colorHint: "auto 取决于 NO_COLOR、COLORTERM 和 TERM；`magpie doctor` 说明结果。"
    case .ringTooSmall(let events): "--ring \(events) 太小：不许丢失事件的运行至少需要 64"
    case .ringHint: "加上 --free，运行从不等待查看者，环可以小到 16。"
    case .scheduleTraceOverScreen: "--schedtrace 会写乱画面"
    case .scheduleTraceHint: "请加上 --headless，或与 --text 一起用 2>文件。"
    case .exclude(let one, let other): "\(one) 与 \(other) 不能同时使用"
    case .faultsNeedSimulate: "--faults 需要 --simulate"
    case .faultsHint: "只有模拟才能有意制造故障。"
    case .cannotBeSimulated(let scenario): "\(scenario) 不能模拟：它的客户端在外部，没有种子能让它们在同一时刻再来一次"
    case .benchNeedsName: "bench 需要一个基准测试的名字"
    case .simulateNeedsScenario: "simulate 需要一个场景，或 --all"
    case .allTakesNoScenario: "--all 不能再带场景或参数"
    case .noSmallTree: "无法在 $TMPDIR 或 /tmp 中建立供搜索的小目录树"
    case .parser(let message): message.chinese

    case .eraCannotServe(let era, let scenario):
      "'\(scenario)' 不能在 \(era) 下运行：" + (era == .serial ? "第一个客户端离开之后才轮到第二个" : "任务之间不共享套接字")
    case .erasThatServe: "其他时代都可以：--era threads、--era mpn。"
    case .eraCannotBeSimulated(let era): "--simulate 不能与 --era \(era) 合用：那里由内核调度，次序由它决定"
    case .erasThatCan: "有协程的时代都可以模拟：--era nto1、--era global。"
    case .eraHasNoProcessors(let era, let asked): "--procs \(asked) 在 --era \(era) 下没有意义：它没有 P"

    case .compare(let refusal): refusal.chinese
    case .runsSide(let number, let scenario, let era, let processors):
      "第 \(number) 次，共 2 次：\(scenario)，\(Language.chinese(.compare(.side(era, processors: processors))))"

    case .scenario(let scenario, let error): "\(scenario)：\(CommandPhrase.chinese(error))"
    case .dashesFirst(let parameter): "以 '-' 开头的 \(parameter) 要放在 '--' 之后。"
    case .announcement(.echoes(let port)): "在 127.0.0.1 端口 \(port) 上回显"
    case .announcement(.serves(let root, let port)): "在 http://127.0.0.1:\(port)/ 提供 \(root)"
    case .limit(let limit): CommandPhrase.chinese(limit)
    case .seedsClean(let scenario, let seeds): "\(scenario)：\(seeds) 个种子，没有发现问题"
    case .seedsFailed(let scenario, let count, let seeds, let first, let replay):
      "\(scenario)：\(seeds) 个种子中有 \(count) 个失败；\(CommandPhrase.chinese(first))；重放：\(replay)"
    case .stoppedByASecondSignal: "收到第二个信号，停止"
    case .note(let note): CommandPhrase.chinese(note)
    case .trouble(let trouble): CommandPhrase.chinese(trouble)
    case .defect(let defect): CommandPhrase.chinese(defect)

    case .noSuchFile(let path): "没有文件 '\(path)'"
    case .cannotReadLesson(let path, let problem): "无法读取课程 '\(path)'：\(CommandPhrase.chinese(problem))"
    case .lessonIsNotYAML(let path, let error): "课程 \(path)\(CommandPhrase.chinese(error))"
    case .lesson(let error): "课程 " + Language.chinese(error.phrase)
    case .lessonParameters(let lesson, let line, let phrases):
      "课程 \(lesson) 第 \(line) 行：\(phrases.map(\.chinese).joined(separator: " "))"
    case .stopsIn(let title, let count, let scenario): "\(title)：\(scenario) 中的 \(count) 个停靠点"

    case .unreadable(let path, let problem): "\(path)：\(CommandPhrase.chinese(problem))"
    case .isNotYAML(let path, let error): path + CommandPhrase.chinese(error)
    case .unknownSetting(let file, let line, let key, let nearest):
      "\(file):\(line)：未知的键 '\(key)'" + CommandPhrase.didYouMean(nearest)
    case .setting(let file, let line, let key, let wanted, let given):
      "\(file):\(line)：\(key) 应为\(CommandPhrase.chinese(wanted))，而不是 '\(given)'"
    case .keys(let file, let error): file + CommandPhrase.chinese(error)
    case .theme(.notYAML(let file, let error)): printable(file.utf8) + CommandPhrase.chinese(error)
    case .theme(let error): Language.chinese(error.phrase)
    case .withoutFiles: "--no-config 不读配置文件夹中的文件。"

    case .cannotDraw(let obstacle): "无法绘制：\(CommandPhrase.chinese(obstacle))"
    case .headlessInstead: "--headless 运行并打印摘要（加 --json 则为 JSON）；"
    case .textInstead: "--text 每行打印一个事件；`magpie doctor` 说明这个终端能做什么。"
    case .screen(let phrase): Language.chinese(phrase)
    }
  }

  private static func didYouMean(_ nearest: String?) -> String { nearest.map { "；是不是 '\($0)'？" } ?? "" }

  private static func chinese(_ named: Named, _ name: String) -> String {
    switch named {
    case .benchmark: "未知的基准测试 '\(name)'"
    case .claim: "未知的说法 '\(name)'"
    case .era: "未知的时代 '\(name)'"
    case .language: "未知的语言 '\(name)'"
    case .lesson: "未知的课程 '\(name)'"
    case .scenario: "未知的场景 '\(name)'"
    case .theme: "未知的主题 '\(name)'"
    case .commandOrScenario: "未知的命令或场景 '\(name)'"
    case .scenarioOfLesson(let lesson, let line): "课程 \(lesson) 第 \(line) 行：未知的场景 '\(name)'"
    }
  }

  private static func chinese(_ wanted: Expectation) -> String {
    switch wanted {
    case .whole(let range): " \(range.lowerBound) 到 \(range.upperBound) 的整数"
    case .wholeFrom(let least): "不小于 \(least) 的整数"
    case .events(let range): " \(range.lowerBound) 到 \(range.upperBound) 的事件数"
    case .milliseconds(let range): " \(range.lowerBound) 到 \(range.upperBound) 的毫秒数"
    case .tempo: " 1/N，N 为 1 到 10000"
    case .seconds: "大于 0、不超过 1000000 的数"
    case .bytes: "字节数，如 256M 或 2G，从 1M 到 64G"
    case .seeds: " A..B：两个整数，A 不大于 B"
    case .oneOrTwoCounts: "一个整数，或两边各一个，如 1,4"
    case .oneOf(let words): " " + words.joined(separator: words.count == 2 ? " 或 " : "、")
    case .themeName: "主题名（`magpie list` 列出它们）"
    case .onOrOff: " on 或 off"
    case .size: "从 1M 到 1024G 的大小，如 256M"
    }
  }

  private static func chinese(_ problem: UserFiles.Problem) -> String {
    switch problem {
    case .system(let error): Language.chinese(error)
    case .notAFile: "不是文件"
    }
  }

  /// What is wrong, after the file's name: `:3：…`.
  private static func chinese(_ error: YAMLError) -> String {
    let place = error.line.map { ":\($0)：" } ?? "："
    switch error {
    case .tooLarge(let limit): return place + "超过 \(limit >> 10) KiB"
    case .notText: return place + "不是 UTF-8 文本"
    case .tooInvolved: return place + "嵌套过深，或引用过多"
    case .syntax(_, let problem):
      return place + "不是 YAML" + (problem.isEmpty ? "" : "：" + YAMLProblem.chinese(printable(problem.utf8)))
    case .twice(let key, _): return place + "'\(printable(key.prefix(40).utf8))' 出现了两次"
    case .notAMapping: return place + "不是 `key: value` 这样的行"
    }
  }

  private static func chinese(_ error: KeyMapError) -> String {
    switch error {
    case .notYAML(let error): return chinese(error)
    case .unknownAction(let name, let line):
      let nearest = nearestName(to: name, among: Action.allCases.map(\.name))
      return ":\(line)：未知的动作 '\(printable(name.prefix(40).utf8))'" + didYouMean(nearest)
    case .unknownKey(let name, let line):
      return ":\(line)：'\(printable(name.prefix(40).utf8))' 不是按键：应为一个字符，或 space、esc、enter、tab、"
        + "backspace、up、down、left、right、pageup、pagedown、home、end"
    case .noKey(let action, let line): return ":\(line)：\(action) 需要一个按键"
    case .conflict(let key, let action, let other, let line):
      return ":\(line)：'\(key)' 会同时是 \(action) 和 \(other) 的按键：请给 \(other) 另一个"
    }
  }

  static func chinese(_ obstacle: Screen.Obstacle) -> String {
    switch obstacle {
    case .output: "标准输出不是终端"
    case .input: "标准输入不是终端"
    case .noTerm: "TERM 没有设置"
    case .dumb: "TERM 是 'dumb'，一种不能移动光标的终端"
    }
  }

  private static func chinese(_ error: ScenarioError) -> String {
    switch error {
    case .unknownParameter(let name, let nearest): "未知的选项 '\(name)'" + didYouMean(nearest)
    case .unexpectedArgument(let argument): "多余的参数 '\(argument)'"
    case .missingValue(let parameter): "\(parameter.label) 缺少值：应为\(chinese(expected: parameter))"
    case .missingArgument(let parameter): "缺少 \(parameter.label)：\(parameter.chineseText)"
    case .badValue(let parameter, let given):
      "\(parameter.label) 应为\(chinese(expected: parameter))，而不是 '\(given)'"
    case .outOfRange(let parameter, let given):
      "\(parameter.label) 应为\(chinese(expected: parameter))，而不是 \(given)"
    case .emptyPattern: "模式是空的：每一行都会匹配；请至少给一个字符"
    case .patternWithNewline: "模式中有换行：一次只能搜索一行之内的文字"
    case .noSuchPath(let path, let reason): "无法搜索 '\(path)'：\(Language.chinese(reason))"
    case .cannotServe(let path, let reason): "无法提供 '\(path)'：\(Language.chinese(reason))"
    case .cannotListen(let port, let reason, let wayOut):
      "无法监听端口 \(port)：\(Language.chinese(reason))"
        + (wayOut.map { wayOut in
          switch wayOut {
          case .isTaken: "：已有别的程序在那里监听；--port 0 取任一空闲端口"
          case .isPrivileged: "：1024 以下的端口属于系统；请用 1024 及以上的，或用 --port 0 取任一空闲端口"
          }
        } ?? "")
    }
  }

  private static func chinese(expected parameter: Parameter) -> String {
    switch (parameter.kind, parameter.range) {
    case (.integer, let range?): chinese(.whole(range))
    case (.duration, let range?):
      "时间，如 500us、10ms 或 2s，从 \(Duration.nanoseconds(range.lowerBound).text)"
        + " 到 \(Duration.nanoseconds(range.upperBound).text)"
    case (.path, _): "路径"
    case (.paths, _): "一个或多个路径"
    default: "文字"
    }
  }

  private static func chinese(_ thing: Limit.Thing) -> String {
    switch thing {
    case .machine: "一个 M"
    case .fiber: "再一个协程"
    case .task: "一个任务"
    case .run: "这次运行"
    case .reader: "读取事件的线程"
    case .host: "任务的宿主进程"
    case .sharedMemory: "任务共享的内存"
    case .traceRing: "一个 M 的追踪环"
    case .fileTable: "文件表"
    case .fiberTable: "协程表"
    case .stacks: "协程的栈"
    case .guardPage: "协程栈的保护页"
    }
  }

  private static func chinese(_ limit: Limit) -> String {
    let number = limit.value.map { "\($0)" } ?? "未知数目"
    let thing = chinese(limit.wanted) + (limit.size.map { "，\($0)" } ?? "")
    switch limit.kind {
    case .machines:
      return "没有线程可用（\(thing)）：允许的 \(number) 个（Configuration.maximumMachines）都在阻塞调用中，"
        + "或在运行从不调用的协程；请用 Semaphore 限制同时阻塞的调用，或调高 maximumMachines"
    case .threads:
      return "没有线程可用（\(thing)）：内核不再给线程；此用户可有 \(number) 个（ulimit -u），"
        + "另见 kernel.threads-max 与 pids.max；请调高已到的那个上限，或用 Semaphore 限制同时阻塞的调用"
    case .mappings:
      return "没有内存可用（\(thing)）：此进程的映射已达上限 \(number)（vm.max_map_count）；"
        + "用 sysctl -w vm.max_map_count=N 调高；一个线程占三个，Linux 6.13 之前一个协程的栈占两个"
    case .addressSpace:
      return "没有内存可用（\(thing)）：此进程可有 \(number) 字节地址空间（ulimit -v）；"
        + "请调高，或调低 Configuration.stackSize"
    case .memory:
      return "没有内存可用（\(thing)）：内核已无内存可承诺；见 vm.overcommit_memory，或调低 Configuration.stackSize"
    case .sharedMemory:
      let why =
        limit.value == nil
        ? "内核已无内存可承诺；见 vm.overcommit_memory" : "此进程可有 \(number) 字节地址空间（ulimit -v）；请调高"
      return "没有内存可用（\(thing)）：\(why)，或改用有协程的时代，所需较少"
    case .files:
      return "没有文件可用（\(thing)）：此进程可打开 \(number) 个文件（ulimit -n）；请调高"
    case .fileSize:
      return "没有文件可用（\(thing)）：此进程的文件可有 \(number) 字节（ulimit -f）；请调高"
    case .fibers:
      return "没有内存可用（\(thing)）：\(number) 个同时存活，是一个运行时的上限；请用 Semaphore 限制"
    }
  }
}
