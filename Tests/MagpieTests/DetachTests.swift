import Testing

@testable import Magpie

extension RuntimeTests {
  /// Taking the processor of a machine whose fiber does not call.
  @Suite("Detaching")
  struct DetachTests {
    /// The machine learns at its gate what it has lost. Open again, it would go on with a processor that another one has by then.
    @Test("A machine that has lost its processor comes to a closed gate, though another is sought from it")
    func staysClosed() throws {
      let scheduler = SchedulerRef.allocate(capacity: 1)
      scheduler.initialize(to: Scheduler(Configuration(processors: 1)))
      let shared = try scheduler.makeMachine(), machine = shared.pointee.owner!
      defer { scheduler.destroy() }
      let gate = scheduler.pointee.gate
      machine.setActivity(.outside)
      #expect(gate.detach(0) { nil } == false)
      let isOpen = !shared.pointee.entrance.isClosed
      #expect(isOpen, "nothing was taken")
      #expect(gate.detach(0) { Machine.Detachment(processor: 0, version: 1) })
      #expect(gate.detach(0) { nil } == false)
      let isClosed = shared.pointee.entrance.isClosed
      #expect(isClosed)
    }
  }
}
