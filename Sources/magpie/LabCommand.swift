import ArgumentParser
import Glibc
import MagpieBench
import MagpieScenarios
import MagpieTerminal
import MagpieView

/// `magpie lab`: the claims of the history, measured on this machine.
struct LabCommand: ParsableCommand {
  private static let names = LabClaim.allCases.map(\.rawValue)

  static let configuration = CommandConfiguration(
    commandName: "lab", abstract: help(.lab), discussion: help(.labMore))

  @Argument(help: ArgumentHelp(help(.oneOfOrAll(names)), valueName: "claim"))
  var claim: String?

  @Flag(help: ArgumentHelp(help(.rowAsJSON)))
  var json = false

  @Flag(help: ArgumentHelp(help(.rowAsCSV)))
  var csv = false

  @Option(parsing: .unconditional, help: ArgumentHelp(help(.repetitionsOfClaims), valueName: "R"))
  var reps: Int?

  @OptionGroup var language: LanguageFlag

  /// Only so much of everything that it is known to work: for tests.
  @Flag(help: .hidden)
  var small = false

  mutating func run() throws {
    var request = try checked()
    request.isSmall = small
    let language = try Language.named(language.lang)
    let isUTF8 = Abilities.codeset.uppercased() == "UTF-8"
    let style = LabStyle(
      language: language, isASCII: !(isUTF8 || !language.isASCII), width: min(Facts.terminalSize?.columns ?? 100, 120))
    let bar = ProgressBar(isASCII: !isUTF8)
    if csv { print(LabRow.heading) }
    var hasFailed = false
    Lab.run(request) { progress in
      bar.show(progress.claim.rawValue, progress.part)
    } report: { report in
      bar.hide()
      let lines =
        json ? report.rows.map(\.json) : csv ? report.rows.map(\.csv) : report.lines(style) + [""]
      print(lines.joined(separator: "\n"))
      fflush(nil)
      let obstacles = report.obstacleLines(language) { language(CommandPhrase.limit($0)) }
      if !obstacles.isEmpty { complain(obstacles) }
      hasFailed = hasFailed || report.hasFailed
    }
    if hasFailed { throw ExitCode(1) }
  }

  private func checked() throws -> Lab.Request {
    if json && csv { throw UsageError(.exclude("--json", "--csv")) }
    try Check.atLeastOne("reps", reps)
    var request = Lab.Request()
    request.repetitions = reps
    if let claim {
      guard let known = LabClaim(rawValue: claim) else {
        throw UsageError.unknown(.claim, claim, among: LabCommand.names, .thereAre(LabCommand.names))
      }
      request.claims = [known]
    }
    return request
  }
}
