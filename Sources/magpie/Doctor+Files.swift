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
        .folder, folder.map { .plain($0) } ?? .none, why: folder == nil ? .noFolder : .byVariable(variable)),
      file("config.yaml", files.settingsProblem), file("keys.yaml", files.keysProblem),
      theme(files), themes(files.themes),
    ] + files.themes.problems.map { Diagnosis(.theme, .skipped, isFine: false, why: .command($0)) }
  }

  private static func file(_ name: String, _ problem: UsageError?) -> Diagnosis {
    if let problem {
      return Diagnosis(
        .plain(name), .wrong, isFine: false, why: .several(Array(problem.phrases.prefix(1))),
        advice: .several(Array(problem.phrases.dropFirst())))
    }
    let isThere = UserFiles.path(name).map { (try? UserFiles.contents(of: $0)) != nil } ?? false
    return Diagnosis(.plain(name), isThere ? .read : .none, why: isThere ? nil : .everythingAsIs)
  }

  private static func theme(_ files: UserSettings) -> Diagnosis {
    guard let name = files.settings?.theme else {
      return Diagnosis(.theme, files.themes.names.first.map { .plain($0) } ?? .none)
    }
    return Diagnosis(.theme, .plain(name), why: .configNames)
  }

  private static func themes(_ themes: UserThemes) -> Diagnosis {
    let own: DoctorPhrase = themes.own.isEmpty ? .noneOfYourOwn : .ofYourOwn(themes.own)
    return Diagnosis(.themes, .plain("\(themes.all.count)"), why: own)
  }
}
