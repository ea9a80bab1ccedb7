import MagpieScenarios
import MagpieView

/// What the doctor says. Each language answers with one exhaustive switch.
enum DoctorPhrase: Sendable, Equatable {
  /// What is the same in every language: a number, a path, a variable.
  case plain(String)
  case command(CommandPhrase)
  /// Several, one after the other.
  case several([CommandPhrase])
  case toDo

  // MARK: what is looked at
  case terminal, files, machine
  case screen, size, colors, characters, mouse, updates
  case folder, theme, themes
  case kernel, cpus, guardPages, mappings, membarrier, openFiles, threads, addressSpace

  // MARK: values
  case yes, no, none, notSet, notKnown, notATerminal, wrong, read, skipped, unlimited
  case bits24
  case defaultProcessors(Int)
  case perfUser, perfKernel, perfAll

  // MARK: why
  case obstacle(Screen.Obstacle)
  case fullPicture(times: String), tooSmall(Int, Int, times: String)
  case noDescription, descriptionOf(String)
  case configHas(String)
  case noColor, colorTerm(String), knownToHave(String)
  case descriptionHasNoColors, descriptionHasColors(Int), insideScreen
  case consoleFonts
  case localeMeans(variable: String, isThere: Bool, codeset: String), noLocale(codeset: String)
  case consoleMouse, descriptionHasMouse, descriptionHasNoMouse
  case showsAtOnce(String), noneKnown, standsBetween(String)
  case noFolder, byVariable(String), everythingAsIs, configNames, noneOfYourOwn, ofYourOwn([String])
  case noGuardInstall, kernelRefuses
  case cpusOnline(Int, allowed: String?)
  case noParanoid, perfLevel(Int)

  // MARK: what to do
  case worksWithout, largerWindow, exportTerm, installTerm, installOwnTerm
  case moreColors, unsetNoColor, betterTerm, screenPasses
  case noASCII, exportLocale, selectText
  case newerKernel, sandbox, oneCPU
  case raise(DoctorPhrase.Resource, command: String, wanted: UInt)
  case perfAdvice

  enum Resource: Sendable, Equatable { case files, threads, addressSpace }
}

extension Language {
  /// The words of a phrase.
  func callAsFunction(_ phrase: DoctorPhrase) -> String {
    switch self {
    case .english: phrase.english
    case .chinese: phrase.chinese
    }
  }
}

extension DoctorPhrase {
  var english: String {
    switch self {
    case .plain(let text): text
    case .command(let phrase): phrase.english
    case .several(let phrases): phrases.map(\.english).joined(separator: " ")
    case .toDo: "to do: "

    case .terminal: "terminal"
    case .files: "files"
    case .machine: "machine"
    case .screen: "screen"
    case .size: "size"
    case .colors: "colours"
    case .characters: "characters"
    case .mouse: "mouse"
    case .updates: "synchronised output"
    case .folder: "folder"
    case .theme: "theme"
    case .themes: "themes"
    case .kernel: "kernel"
    case .cpus: "CPUs"
    case .guardPages: "guard pages"
    case .mappings: "mappings"
    case .membarrier: "membarrier"
    case .openFiles: "open files"
    case .threads: "threads"
    case .addressSpace: "address space"

    case .yes: "yes"
    case .no: "no"
    case .none: "none"
    case .notSet: "not set"
    case .notKnown: "not known"
    case .notATerminal: "not a terminal"
    case .wrong: "wrong"
    case .read: "read"
    case .skipped: "skipped"
    case .unlimited: "unlimited"
    case .bits24: "24 bit"
    case .defaultProcessors(let count): "\(count) P by default"
    case .perfUser: "this user's own code"
    case .perfKernel: "the kernel too"
    case .perfAll: "all"

    case .obstacle(let obstacle): CommandPhrase.english(obstacle)
    case .fullPicture(let times): "the full picture takes 60\(times)18"
    case .tooSmall(let width, let height, let times): "less than the \(width)\(times)\(height) that a picture takes"
    case .noDescription: "no description of it is installed"
    case .descriptionOf(let other): "no description of it is installed; that of \(other) is used"
    case .configHas(let setting): "config.yaml has \(setting)"
    case .noColor: "NO_COLOR is set"
    case .colorTerm(let name): "COLORTERM is \(name)"
    case .knownToHave(let name): "\(name) has them"
    case .descriptionHasNoColors, .descriptionHasNoMouse: "the description of TERM has none"
    case .descriptionHasColors(let colors): "the description of TERM has \(colors), and COLORTERM promises no more"
    case .insideScreen: "COLORTERM is that of the terminal outside of GNU screen"
    case .consoleFonts: "the fonts of the Linux console lack half of the signs"
    case .localeMeans(let variable, let isThere, let codeset):
      "\(variable)\(isThere ? "" : ", a locale that is not installed,") means \(codeset)"
    case .noLocale(let codeset): "neither LC_ALL nor LC_CTYPE nor LANG is set, which means \(codeset)"
    case .consoleMouse: "the Linux console tells programs nothing of it"
    case .descriptionHasMouse: "the description of TERM has one"
    case .showsAtOnce(let name): "\(name) shows a frame at once"
    case .noneKnown: "no terminal that is known to have it; frames are drawn as they come"
    case .standsBetween(let name): "\(name) stands between, which is not known to have it"
    case .noFolder: "neither XDG_CONFIG_HOME nor HOME is set"
    case .byVariable(let name): "by \(name)"
    case .everythingAsIs: "everything is as magpie has it"
    case .configNames: "config.yaml names it"
    case .noneOfYourOwn: "none of your own"
    case .ofYourOwn(let names): "of your own " + names.joined(separator: ", ")
    case .noGuardInstall: "no MADV_GUARD_INSTALL before Linux 6.13, so that every stack takes two mappings"
    case .kernelRefuses: "the kernel refuses it"
    case .cpusOnline(let count, let allowed): "\(count) online" + (allowed.map { ", allowed \($0)" } ?? "")
    case .noParanoid: "no perf_event_paranoid"
    case .perfLevel(let level): "kernel.perf_event_paranoid is \(level)"

    case .worksWithout: "--headless and --text work without one"
    case .largerWindow: "a larger window, or smaller letters"
    case .exportTerm: "export TERM=xterm-256color, if the terminal is like one"
    case .installTerm: "install ncurses-term, or export TERM=xterm-256color, if the terminal is like one"
    case .installOwnTerm: "install ncurses-term, or the terminal's own description"
    case .moreColors: "if the terminal has more, export COLORTERM=truecolor, or --color 256 or 24bit"
    case .unsetNoColor: "unset NO_COLOR, or --color always"
    case .betterTerm: "a TERM that fits better, or --color 16"
    case .screenPasses: "--color 24bit, if this screen passes them on (version 5, truecolor on)"
    case .noASCII: "--no-ascii, if this console's font has them"
    case .exportLocale: "export LC_ALL=C.UTF-8, or another locale that `locale -a` lists"
    case .selectText: "to select text, hold Shift (Option in some terminals), or --no-mouse"
    case .newerKernel: "for very many fibers, a newer kernel or a larger vm.max_map_count"
    case .sandbox: "a sandbox or a container may forbid it; without it magpie cannot run"
    case .oneCPU: "with one CPU nothing runs side by side; --procs 4 shows stealing all the same"
    case .raise(let resource, let command, let wanted):
      DoctorPhrase.english(resource) + ": \(command) \(wanted), if the hard limit allows it"
    case .perfAdvice: "magpie needs none; to profile it, sysctl kernel.perf_event_paranoid=2"
    }
  }

  private static func english(_ resource: Resource) -> String {
    switch resource {
    case .files: "each connection of serve and echo takes one"
    case .threads: "each blocking call may take one"
    case .addressSpace: "each fiber's stack takes a part of it"
    }
  }

  var chinese: String {
    switch self {
    case .plain(let text): text
    case .command(let phrase): phrase.chinese
    case .several(let phrases): phrases.map(\.chinese).joined(separator: " ")
    case .toDo: "建议："

    case .terminal: "终端"
    case .files: "文件"
    case .machine: "机器"
    case .screen: "画面"
    case .size: "大小"
    case .colors: "颜色"
    case .characters: "字符"
    case .mouse: "鼠标"
    case .updates: "同步输出"
    case .folder: "文件夹"
    case .theme: "主题"
    case .themes: "主题数"
    case .kernel: "内核"
    case .cpus: "CPU"
    case .guardPages: "保护页"
    case .mappings: "内存映射"
    case .membarrier: "membarrier"
    case .openFiles: "打开的文件"
    case .threads: "线程"
    case .addressSpace: "地址空间"

    case .yes: "是"
    case .no: "否"
    case .none: "无"
    case .notSet: "没有设置"
    case .notKnown: "未知"
    case .notATerminal: "不是终端"
    case .wrong: "有错"
    case .read: "已读取"
    case .skipped: "跳过"
    case .unlimited: "不限"
    case .bits24: "24 位"
    case .defaultProcessors(let count): "默认 \(count) 个 P"
    case .perfUser: "此用户自己的代码"
    case .perfKernel: "包括内核"
    case .perfAll: "全部"

    case .obstacle(let obstacle): CommandPhrase.chinese(obstacle)
    case .fullPicture(let times): "完整的画面需要 60\(times)18"
    case .tooSmall(let width, let height, let times): "小于画面所需的 \(width)\(times)\(height)"
    case .noDescription: "没有安装它的描述"
    case .descriptionOf(let other): "没有安装它的描述；改用 \(other) 的"
    case .configHas(let setting): "config.yaml 中有 \(setting)"
    case .noColor: "设置了 NO_COLOR"
    case .colorTerm(let name): "COLORTERM 为 \(name)"
    case .knownToHave(let name): "\(name) 支持"
    case .descriptionHasNoColors, .descriptionHasNoMouse: "TERM 的描述中没有"
    case .descriptionHasColors(let colors): "TERM 的描述中有 \(colors) 种，COLORTERM 没有说更多"
    case .insideScreen: "COLORTERM 是 GNU screen 外面那个终端的"
    case .consoleFonts: "Linux 控制台的字体缺少一半符号"
    case .localeMeans(let variable, let isThere, let codeset):
      "\(variable)\(isThere ? "" : "（未安装的区域设置）")，即 \(codeset)"
    case .noLocale(let codeset): "LC_ALL、LC_CTYPE 和 LANG 都没有设置，即 \(codeset)"
    case .consoleMouse: "Linux 控制台不向程序报告鼠标"
    case .descriptionHasMouse: "TERM 的描述中有"
    case .showsAtOnce(let name): "\(name) 整帧显示"
    case .noneKnown: "不是已知支持它的终端；帧随画随显"
    case .standsBetween(let name): "中间隔着 \(name)，不知它是否支持"
    case .noFolder: "XDG_CONFIG_HOME 和 HOME 都没有设置"
    case .byVariable(let name): "由 \(name) 决定"
    case .everythingAsIs: "一切按 magpie 的默认"
    case .configNames: "由 config.yaml 指定"
    case .noneOfYourOwn: "没有自己的"
    case .ofYourOwn(let names): "自己的：" + names.joined(separator: "、")
    case .noGuardInstall: "Linux 6.13 之前没有 MADV_GUARD_INSTALL，每个栈占两个映射"
    case .kernelRefuses: "内核拒绝"
    case .cpusOnline(let count, let allowed): "\(count) 个在线" + (allowed.map { "，允许 \($0)" } ?? "")
    case .noParanoid: "没有 perf_event_paranoid"
    case .perfLevel(let level): "kernel.perf_event_paranoid 为 \(level)"

    case .worksWithout: "--headless 和 --text 不需要画面"
    case .largerWindow: "用大一些的窗口，或小一些的字"
    case .exportTerm: "若终端与之相似，export TERM=xterm-256color"
    case .installTerm: "安装 ncurses-term；若终端与之相似，也可 export TERM=xterm-256color"
    case .installOwnTerm: "安装 ncurses-term，或终端自带的描述"
    case .moreColors: "若终端的颜色更多，export COLORTERM=truecolor，或 --color 256 或 24bit"
    case .unsetNoColor: "取消 NO_COLOR，或 --color always"
    case .betterTerm: "换一个更合适的 TERM，或 --color 16"
    case .screenPasses: "若此 screen 能转达（版本 5，truecolor on），--color 24bit"
    case .noASCII: "若此控制台的字体有这些字符，--no-ascii"
    case .exportLocale: "export LC_ALL=C.UTF-8，或 `locale -a` 列出的别的区域设置"
    case .selectText: "要选取文字，请按住 Shift（有些终端是 Option），或用 --no-mouse"
    case .newerKernel: "要有极多协程，请用更新的内核，或调大 vm.max_map_count"
    case .sandbox: "可能是沙箱或容器禁止；没有它 magpie 无法运行"
    case .oneCPU: "只有一个 CPU 时没有真正的并行；--procs 4 仍能看到窃取"
    case .raise(let resource, let command, let wanted):
      DoctorPhrase.chinese(resource) + "：若硬上限允许，\(command) \(wanted)"
    case .perfAdvice: "magpie 不需要它；要剖析 magpie，sysctl kernel.perf_event_paranoid=2"
    }
  }

  private static func chinese(_ resource: Resource) -> String {
    switch resource {
    case .files: "serve 与 echo 的每个连接占一个"
    case .threads: "每个阻塞调用可能占一个"
    case .addressSpace: "每个协程的栈占一部分"
    }
  }
}
