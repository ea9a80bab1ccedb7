import MagpieModel
import MagpieScenarios
import MagpieSession
import MagpieTrace
import MagpieView
import TestSupport
import Testing

@testable import MagpieCommand

/// The program that the screen shows, begun anew.
@Suite("Restart")
struct RestartTests {
  @Test(
    "A restart with the same seed is the same run, its history from the first event on",
    arguments: Era.allCases.filter(\.hasFibers), [1, 9] as [UInt64])
  func sameSeed(era: Era, seed: UInt64) throws {
    let values = ParameterValues(smallOf: Contention.parameters)
    var request = RunRequest(scenario: try Contention(values), processors: 3)
    request.values = values
    request.era = era
    request.seed = seed
    request.isSimulated = true
    let program = SessionProgram(request, seconds: nil)
    let first = program.session
    first.waitUntilEnded()
    #expect(program.facts.status == .ended)
    let count = program.withHistory { $0.count }

    program.restart()
    #expect(program.session !== first)
    program.session.waitUntilEnded()
    #expect(program.withHistory { $0.count } == count)
    #expect(program.session.summary().traceHash == first.summary().traceHash)
  }

  @Test(
    "A restart keeps what was set by hand: the breakpoint, the tempo, the load; and what was held is held",
    arguments: Era.allCases)
  func keeps(era: Era) throws {
    let values = ParameterValues(smallOf: Contention.parameters)
    var request = RunRequest(scenario: try Contention(values), processors: 2)
    request.values = values
    request.era = era
    request.host = try Products.magpie
    request.repeats = true
    let program = SessionProgram(request, seconds: nil)
    program.session.setTempo(50)
    program.session.setBreakpoint(try Filter("fiber.exit g:4000000"))
    #expect(program.session.setLoad(1))
    program.session.hold()
    let first = program.session
    program.restart()
    let next = program.session
    #expect(next.tempo == 50 && next.load == 1 && next.isHeld)
    #expect(next.breakpoint == (try Filter("fiber.exit g:4000000")))
    #expect(next.stoppedBefore == nil && next.frozenFibers.isEmpty)
    next.release()
    next.stop()
    next.waitUntilEnded()
    first.waitUntilEnded()
    #expect(next.summary().audit.first == nil && first.summary().audit.first == nil)
  }
}
