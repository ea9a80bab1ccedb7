import CKernel
import Glibc
import Magpie
import MagpieScenarios
import MagpieTrace
import Testing

@testable import MagpieSession

extension SessionTests {
  /// Select and locks of all kinds, watched and audited.
  @Suite("Storms on sync objects")
  struct StormTests {
    static let names = Storms.all.map { $0.name }

    private func withStorm<Result>(_ name: String, _ body: (any Scenario) throws -> Result) throws -> Result {
      try withSmall(#require(Storms.all.first { $0.name == name }), { _ in }, body)
    }

    @Test("Seeds are clean, and the same seed gives the same trace", arguments: names)
    func simulated(name: String) throws {
      try withStorm(name) { scenario in
        for isDisturbed in [false, true] {
          let outcome = Simulation.run(scenario, seeds: 1...40, isDisturbed: isDisturbed)
          #expect(
            outcome.first?.defect == nil, "seed \(outcome.first?.seed ?? 0) on \(outcome.first?.processors ?? 0) P")
        }
        let hashes = (0..<2).map { _ in Simulation.run(scenario, seed: 5, processors: 3).traceHash }
        #expect(hashes[0] == hashes[1])
      }
    }

    @Test("Runs are clean on real threads", arguments: names, [1, 2, 8])
    func clean(name: String, processors: Int) throws {
      try withStorm(name) { scenario in
        let summary = finish(run(RunRequest(scenario: scenario, processors: processors)))
        #expect(summary.result.ok, "\(summary.result)")
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
        #expect(summary.exitStatus == 0)
      }
    }

    @Test("At a held gate the model equals the runtime", arguments: names, [1, 2, 4])
    func snapshots(name: String, processors: Int) throws {
      try withStorm(name) { scenario in
        let session = SnapshotTests().compare(RunRequest(scenario: scenario, processors: processors), rounds: 8)
        session.stop()
        let summary = finish(session)
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
      }
    }

    // MARK: Everything at once

    @Test("Everything at once is clean, sockets too", arguments: [1, 2, 8, 32])
    func grand(processors: Int) {
      let summary = finish(
        run(RunRequest(scenario: GrandStorm(usesSockets: true) { $0 >= 3_000 }, processors: processors)))
      #expect(summary.result.ok, "\(summary.result)")
      #expect(summary.audit.first == nil)
      #expect(summary.events.lost == 0)
      #expect(summary.fibers.live == 0)
    }

    /// How long a storm is to last, in seconds; nil for not at all: it takes its time.
    private static let seconds = getenv("MAGPIE_STORM_SECONDS").flatMap { Double(String(cString: $0)) }

    /// Each time every fiber comes to its end, or a wake-up was lost.
    @Test(
      "Through a long storm nothing is lost, and memory does not grow",
      .enabled(if: seconds != nil, "MAGPIE_STORM_SECONDS says for how long"), arguments: [false, true])
    func long(isWatched: Bool) throws {
      let seconds = try #require(Self.seconds) / 2
      let end = ck_monotonic_ns() + UInt64(seconds * 1e9)
      // The first minute is for what grows once: stacks, tables, the history.
      let afterStart = Resident(at: ck_monotonic_ns() + UInt64(min(60, seconds / 2) * 1e9))
      let storm = GrandStorm(usesSockets: true) { _ in
        afterStart.look()
        return ck_monotonic_ns() > end
      }
      if isWatched {
        let session = run(RunRequest(scenario: storm, processors: 8))
        session.waitUntilEnded(atMost: seconds + 60)
        let summary = session.summary()
        #expect(summary.isComplete, "a fiber has not come to its end")
        #expect(summary.result.ok, "\(summary.result)")
        #expect(summary.audit.first == nil)
        #expect(summary.events.lost == 0)
      } else {
        let runtime = Runtime(Configuration(processors: 8)), storms = storm.prepare(on: MagpieTasks())
        let isOver = BackgroundThread("watch") {
          if !runtime.waitForEnd(atMost: Int64((seconds + 60) * 1e9)) { runtime.stop() }
        }
        defer { isOver?.join() }
        try runtime.run { storms.root() }
        let result = storms.check(true)
        #expect(result.ok, "\(result)")
      }
      let before = try #require(afterStart.bytes, "the storm was over before it was measured"), after = residentBytes()
      #expect(after < before + before / 4 + 16 << 20, "\(before >> 20) MiB at first, \(after >> 20) MiB in the end")
    }
  }
}

/// What this process has in memory.
private func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var text = [CChar](repeating: 0, count: 128)
  let count = fread(&text, 1, text.count - 1, file)
  let words = String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
  return words.count > 1 ? (Int(words[1]) ?? 0) * Int(ck_page_size()) : 0
}

/// What this process has in memory at a moment: the first look after it.
private final class Resident: Sendable {
  private let moment: UInt64
  private let measured = ThreadMutex<Int?>(nil)

  init(at moment: UInt64) { self.moment = moment }

  var bytes: Int? { measured.withLock { $0 } }

  func look() {
    guard ck_monotonic_ns() >= moment else { return }
    measured.withLock { bytes in if bytes == nil { bytes = residentBytes() } }
  }
}
