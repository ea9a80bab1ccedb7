import ArgumentParser
import MagpieScenarios
import MagpieSession
import MagpieTrace
import MagpieView

/// `magpie list`: what there is.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: help(.list))

  @Flag(help: ArgumentHelp(help(.json)))
  var json = false

  @OptionGroup var language: LanguageFlag

  mutating func run() throws {
    try language.check()
    print(json ? List.json : List.text(.spoken))
  }

  /// Scenarios with their parameters, aligned over all.
  static func text(_ say: Language) -> String {
    var rows: [[String]] = []
    for scenario in Scenarios.all {
      rows.append(["  " + scenario.name, say.text(of: scenario)])
      for parameter in scenario.parameters {
        rows.append(["    " + ScenarioHelp.usage(of: parameter), ScenarioHelp.details(of: parameter, say)])
      }
    }
    let eras = Table.lines(Era.allCases.map { ["  " + $0.rawValue, say(HelpPhrase.eraText($0))] })
    let others = Table.lines(
      List.rows(say(HelpPhrase.benchmarks), benchmarkNames) + List.rows(say(HelpPhrase.themes), themeNames()))
    return ([say(HelpPhrase.scenarios)] + Table.lines(rows) + [say(HelpPhrase.eras)] + eras + others)
      .joined(separator: "\n")
  }

  /// Names in as many lines as they need: all in one would be too long for a terminal.
  private static func rows(_ heading: String, _ names: [String], width: Int = 76) -> [[String]] {
    var rows: [[String]] = []
    for (index, name) in names.enumerated() {
      let word = index + 1 < names.count ? name + "," : name
      if let last = rows.last?[1], last.count + 1 + word.count <= width {
        rows[rows.count - 1][1] = last + " " + word
      } else {
        rows.append([rows.isEmpty ? heading : "", word])
      }
    }
    return rows
  }

  static var json: String {
    var json = JSONWriter()
    json.object {
      $0.key("scenarios")
      $0.array(Scenarios.all) { json, scenario in
        json.object {
          $0.field("name", scenario.name)
          $0.field("text", scenario.text)
          $0.key("procs")
          if let processors = scenario.processors { $0.value(processors) } else { $0.null() }
          $0.field("deadlocks", scenario.deadlocks)
          $0.key("parameters")
          $0.array(scenario.parameters) { write($1, to: &$0) }
        }
      }
      $0.key("eras")
      $0.array(Era.allCases) { json, era in
        json.object {
          $0.field("name", era.rawValue)
          $0.field("text", Language.english(HelpPhrase.eraText(era)))
        }
      }
      $0.key("benchmarks")
      $0.array(benchmarkNames) { $0.value($1) }
      $0.key("themes")
      $0.array(themeNames()) { $0.value($1) }
    }
    return json.text
  }

  /// Times are in nanoseconds, under keys that say so.
  private static func write(_ parameter: Parameter, to json: inout JSONWriter) {
    let unit = parameter.kind == .duration ? "_ns" : ""
    json.object {
      $0.field("name", parameter.name)
      $0.field("type", parameter.kind.rawValue)
      $0.field("text", parameter.text)
      $0.field("positional", parameter.isPositional)
      $0.key("default" + unit)
      write(parameter.defaultValue, to: &$0)
      $0.key("small" + unit)
      write(parameter.smallValue, to: &$0)
      $0.key("range" + unit)
      if let range = parameter.range {
        $0.array([range.lowerBound, range.upperBound]) { $0.value($1) }
      } else {
        $0.null()
      }
    }
  }

  private static func write(_ value: ParameterValue?, to json: inout JSONWriter) {
    switch value {
    case .integer(let number): json.value(number)
    case .duration(let duration): json.value(duration.nanoseconds)
    case .bytes(let bytes): json.value(String(decoding: bytes, as: UTF8.self))
    case .paths(let paths): json.array(paths) { $0.value(String(decoding: $1, as: UTF8.self)) }
    case nil: json.null()
    }
  }
}
