import MagpieModel
import MagpieTrace

extension App {
  /// What is done to the selected fiber or machine; a processor stands for what runs on it.
  mutating func controlSelected(_ action: Action) -> [ProgramCommand] {
    guard observation.facts.status != .ended, let controlled = target else { return [] }
    let facts = observation.facts
    switch (action, controlled) {
    case (.stepSelected, .machine(let id)):
      observation.facts.status = .stepping
      return facts.status == .running ? [.hold, .stepMachine(id)] : [.stepMachine(id)]
    case (.stepSelected, .fiber(let id)):
      observation.facts.status = .stepping
      return facts.status == .running ? [.hold, .stepFiber(id)] : [.stepFiber(id)]
    case (.freeze, .machine(let id)): return [.freezeMachine(id, !facts.frozenMachines.contains(id))]
    case (.freeze, .fiber(let id)): return [.freezeFiber(id, !facts.frozenFibers.contains(id))]
    case (.wake, .fiber(let id)): return [.wake(id)]
    case (.block, .fiber(let id)): return [.freezeFiber(id, true)]
    default: return []
    }
  }

  /// The fiber or machine that a key acts upon: the row that the cursor is on, what is selected, or what runs or happens there.
  var target: Subject? {
    if view == .fibers, fiberTable.selected != nil { return fiberTable.target.map { .fiber($0) } }
    switch selection {
    case .fiber, .machine: return selection
    default: return controlled
    }
  }

  /// What runs on a selected processor, or what a selected event is about.
  static func controlled(_ selection: Subject?, _ scene: Scene) -> Subject? {
    switch selection {
    case .processor(let id): scene.state.processor(id).fiber.map { .fiber($0) }
    case .event(let number):
      scene.history.event(at: number).flatMap { $0.fiber == Event.noFiber ? nil : .fiber($0.fiber) }
    default: nil
    }
  }

  mutating func controlRun(_ action: Action) -> [ProgramCommand] {
    guard observation.facts.status != .ended || action == .restart else { return [] }
    switch action {
    case .fewerProcessors where observation.facts.processors > 1:
      observation.facts.processors -= 1
      return [.processors(observation.facts.processors)]
    case .moreProcessors where observation.facts.processors < 256:
      observation.facts.processors += 1
      return [.processors(observation.facts.processors)]
    case .lessLoad: return [.load(isMore: false)]
    case .moreLoad: return [.load(isMore: true)]
    case .restart:
      position = nil
      cursor = nil
      return [.restart]
    default: return []
    }
  }
}
