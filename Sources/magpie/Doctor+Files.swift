import MagpieScenarios
import MagpieTerminal
import MagpieView

/// The user's files as far as they can be read: what the doctor looks at.
struct UserSettings {
  let themes = UserThemes()
  /// nil where the file is wrong.
  let settings: Settings?
  let keys: KeyMap?
  let settingsProblem: UsageError?
  let keysProblem: UsageError?

  init() {
    do {
      settings = try Settings(path: UserFiles.path("config.yaml"), themes: themes.names)
      settingsProblem = nil
    } catch {
      settings = nil
      settingsProblem = error
    }
    do {
      keys = try UserFiles.keyMap(path: UserFiles.path("keys.yaml"))
      keysProblem = nil
    } catch {
      keys = nil
      keysProblem = error
    }
  }

  /// What the settings ask of the terminal.
  var options: TerminalOptions { settings?.options ?? TerminalOptions() }
}

extension Doctor {
  static func files(_ files: UserSettings) -> [Diagnosis] {
    let folder = UserFiles.folder.map { printable($0.utf8) }
    let variable = environment("XDG_CONFIG_HOME")?.hasPrefix("/") == true ? "XDG_CONFIG_HOME" : "HOME"
    return [
      Diagnosis(
        "folder", folder ?? "none", why: folder == nil ? "neither XDG_CONFIG_HOME nor HOME is set" : "by \(variable)"),
      file("config.yaml", files.settingsProblem), file("keys.yaml", files.keysProblem),
      theme(files), themes(files.themes),
    ] + files.themes.problems.map { Diagnosis("theme", "skipped", isFine: false, why: $0) }
  }

  private static func file(_ name: String, _ problem: UsageError?) -> Diagnosis {
    if let problem {
      return Diagnosis(
        name, "wrong", isFine: false, why: problem.lines.first, advice: problem.lines.dropFirst().joined(separator: " ")
      )
    }
    let isThere = UserFiles.path(name).map { (try? UserFiles.contents(of: $0)) != nil } ?? false
    return Diagnosis(name, isThere ? "read" : "none", why: isThere ? nil : "everything is as magpie has it")
  }

  private static func theme(_ files: UserSettings) -> Diagnosis {
    guard let name = files.settings?.theme else { return Diagnosis("theme", files.themes.names.first ?? "none") }
    return Diagnosis("theme", name, why: "config.yaml names it")
  }

  private static func themes(_ themes: UserThemes) -> Diagnosis {
    let own = themes.own.isEmpty ? "none of your own" : "of your own " + themes.own.joined(separator: ", ")
    return Diagnosis("themes", "\(themes.all.count)", why: own)
  }
}
