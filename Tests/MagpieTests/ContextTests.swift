import MagpieTrace
import Testing

@testable import Magpie

extension RuntimeTests {
  /// Wishes to stop, deadlines, and errors of fibers that work for others.
  @Suite("Contexts and groups of fibers")
  struct ContextTests {
    @Test(
      "Cancelling ends every wait on the context and on those made from it", arguments: RuntimeTests.processorCounts)
    func cancels(processors: Int) throws {
      let ended = Log<ContextError>()
      try run(processors: processors) {
        let top = Context()
        let contexts = [top, Context(parent: top), Context(parent: Context(parent: top)), Context(parent: top)]
        let group = WaitGroup(), waiting = WaitGroup()
        for context in contexts {
          for _ in 0..<5 {
            group.add()
            waiting.add()
            spawn {
              waiting.done()
              ended.note(context.wait())
              group.done()
            }
          }
        }
        waiting.wait()
        if contexts.contains(where: { $0.error != nil }) { ended.note(.deadlineExceeded) }
        top.cancel()
        top.cancel()
        group.wait()
        // One made from a cancelled one is cancelled.
        ended.note(Context(parent: top).wait())
      }
      #expect(ended.entries == Array(repeating: .cancelled, count: 21))
    }

    @Test("A child's end leaves its parent and its siblings alone")
    func child() throws {
      let errors = Log<[ContextError?]>()
      try run(processors: 2) {
        let top = Context()
        let first = Context(parent: top), second = Context(parent: top)
        first.cancel()
        errors.note([top.error, first.error, second.error])
        do throws(ContextError) {
          try first.check()
          errors.note([])
        } catch {
          errors.note([error])
        }
      }
      #expect(errors.entries == [[nil, .cancelled, nil], [.cancelled]])
    }

    @Test("The earliest deadline of a context and its parents ends the wait, at that time", arguments: 1...20)
    func deadline(seed: Int) throws {
      let times = Log<UInt64>(), errors = Log<ContextError?>()
      try run(Runtime(simulation(seed))) {
        let outer = Context(timeout: .microseconds(100))
        let inner = Context(parent: outer, timeout: .milliseconds(5))
        let short = Context(parent: outer, timeout: .microseconds(30))
        let begin = currentMachine("test").ownTime
        for context in [short, inner] {
          let value: Int? = select {
            receive(from: Channel<Int>()) { $0 }
            cancelled(context) {
              errors.note($0)
              return 1
            }
            timeout(after: .seconds(1)) { nil }
          }
          if value == nil { errors.note(nil) }
          times.note(currentMachine("test").ownTime - begin)
        }
        errors.note(outer.error)
        do throws(ContextError) { try inner.sleep(for: .seconds(1)) } catch { errors.note(error) }
      }
      #expect(errors.entries == Array(repeating: .deadlineExceeded, count: 4))
      #expect(times.entries[0] >= 30_000 && times.entries[0] < 60_000)
      #expect(times.entries[1] >= 100_000 && times.entries[1] < 150_000)
    }

    @Test("A sleep under a context that goes on is a sleep, and a deadline keeps no runtime alive")
    func sleeps() throws {
      let left = Log<Bool>()
      try run(processors: 2) {
        let context = Context(timeout: .seconds(3_600))
        do { try context.sleep(for: .microseconds(50)) } catch { left.note(false) }
        left.note(context.timeLeft! > .seconds(3_000) && Context().timeLeft == nil)
      }
      #expect(left.entries == [true])
    }

    private struct Weak: @unchecked Sendable {
      weak var context: Context?
    }

    @Test("A context that ends first is forgotten by its parent")
    func forgotten() throws {
      let child = Plain(Weak())
      try run(processors: 1) {
        let top = Context()
        let made = Context(parent: top)
        child.value.context = made
        withExtendedLifetime(made) {}
        top.cancel()
      }
      #expect(child.value.context == nil)
    }

    private struct Bad: Error, Equatable { let number: Int }

    @Test("The first error comes with its fiber's name, and tells the others to stop", arguments: [1, 2, 8])
    func group(processors: Int) throws {
      let errors = Log<FiberError>(), stopped = Word()
      try run(processors: processors) {
        let group = FiberGroup()
        for _ in 0..<5 {
          group.spawn(name: "patient") { context in
            context.wait()
            stopped.add()
            try context.check()
          }
        }
        group.spawn(name: "hasty") { _ in throw Bad(number: 7) }
        do throws(FiberError) { try group.wait() } catch { errors.note(error) }
        // Nothing fails: nothing is thrown, and no more than the limit run at once.
        let inside = Word(), most = Word()
        let calm = FiberGroup(limit: 2)
        for _ in 0..<20 {
          calm.spawn { _ in
            most.raise(to: inside.add())
            yield()
            inside.add(-1)
          }
        }
        do throws(FiberError) { try calm.wait() } catch { errors.note(error) }
        if most.value > 2 { stopped.add() }
      }
      #expect(stopped.value == 5)
      #expect(errors.entries.count == 1)
      #expect(errors.entries.first?.underlying as? Bad == Bad(number: 7))
      let text = errors.entries.first.map { "\($0)" } ?? ""
      #expect(text.hasPrefix("G") && text.hasSuffix(" hasty failed: Bad(number: 7)"))
    }
  }
}
