import MagpieTrace

/// What `magpie bench trace` needs: the runtime's own `passGate` and `emit`, in a loop.
///
/// It stands here because both are internal, and must be inlined into the loop as they are into each operation: a call
/// into another module for each event would measure the call.
package enum TraceProbe {
  /// Passes the gate and records one event, `count` times, on the machine of the calling fiber.
  @inline(never)
  package static func emit(_ count: Int) {
    let machine = beginOperation("emit")
    let fiber = machine.pointee.fiber!.pointee.id
    for number in 0..<count {
      machine.passGate()
      machine.emit(.userAnnotation, fiber: fiber, a: UInt32(truncatingIfNeeded: number))
    }
    machine.leave()
  }
}
