import Magpie
import MagpieEras
import MagpieModel
import MagpieScenarios

/// What a session needs of a running program, whoever schedules its tasks: the runtime's machines, or the kernel.
protocol Engine: Sendable {
  var hasEnded: Bool { get }
  @discardableResult func waitForEnd(atMost nanoseconds: Int64) -> Bool
  func stop()
  var deadlock: DeadlockReport? { get }
  var limit: Limit? { get }
  var machinesMade: Int { get }
  var virtualTime: UInt64 { get }
  var machineNotes: [Runtime.MachineNote] { get }
  var scheduleTraceLine: String { get }

  func hold()
  func release()
  var isHeld: Bool { get }
  @discardableResult func step(machine: UInt16?) -> UInt16?
  func step(fiber: UInt32) throws(ControlError)
  func endStepIfOver() -> Bool
  func setTempo(_ tempo: Int)
  var tempo: Int { get }
  func setBreakpoint(_ stopsBefore: (@Sendable (Upcoming) -> Bool)?)
  func run(until stopsBefore: @escaping @Sendable (Upcoming) -> Bool)
  var stoppedBefore: Upcoming? { get }
  var upcoming: [Upcoming] { get }
  func freeze(fiber: UInt32) throws(ControlError)
  func thaw(fiber: UInt32) throws(ControlError)
  func freeze(machine: UInt16) throws(ControlError)
  func thaw(machine: UInt16) throws(ControlError)
  var frozenFibers: Set<UInt32> { get }
  var frozenMachines: Set<UInt16> { get }
  func wake(fiber: UInt32) throws(ControlError)
  func setProcessors(_ count: Int) throws(ControlError)
  var processorCount: Int { get }
}

extension Runtime: Engine {}
extension KernelProgram: Engine {}

/// Who schedules the tasks of a session.
enum Scheduling: Sendable {
  case runtime(Runtime)
  case kernel(KernelProgram)

  var engine: any Engine {
    switch self {
    case .runtime(let runtime): runtime
    case .kernel(let program): program
    }
  }

  /// The kernel's tasks, where there are some.
  var kernelProgram: KernelProgram? {
    if case .kernel(let program) = self { program } else { nil }
  }
}
