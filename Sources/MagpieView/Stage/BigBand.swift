import MagpieModel

/// What stands on one band of the Stage in big letters: who runs, what he runs, and what waits for him.
struct BigBand {
  let name: String
  /// Small, under the name.
  var machine: UInt16?
  let subject: Subject?
  var fiber: UInt32?
  var isBlocked = false
  /// In place of a fiber: the same in more words and in few.
  var words: [String] = []
  var role = Role.title
  /// What runs next; then the queue.
  var next: UInt32?
  var queueLength = 0
  /// Whose queue it is; nil: the one of all.
  var queue: Int?
}

extension Stage {
  /// The bands of the Stage in big letters, from above.
  var bands: [BigBand] {
    switch state.era {
    case .mpn: (0..<state.activeProcessorCount).map { band(of: state.processor($0)) }
    case .serial, .nto1: [bandOfThread]
    case .global: (0..<state.wantedProcessorCount).map { bandOfPermit(state.processor($0)) }
    case .distributed: bandsOfAwake
    case .threads, .processes: bandsOfCrowd
    }
  }

  private func band(of processor: ProcessorState) -> BigBand {
    var band = BigBand(name: "P\(processor.id)", subject: .processor(processor.id))
    band.machine = processor.machine
    band.fiber = processor.fiber
    band.isBlocked = processor.status == .blocked
    (band.words, band.role) = bigActivity(of: processor)
    band.next = processor.runNext
    band.queueLength = processor.queueLength
    band.queue = processor.id
    return band
  }

  private var bandOfThread: BigBand {
    let holder = holderOfThread
    var band = BigBand(name: "M0", subject: .machine(0))
    band.fiber = holder?.id
    band.isBlocked = holder.flatMap { standStill($0) } != nil
    band.words = [say(.era(.nothingToRun)), say(.idle)]
    band.role = .ghost
    band.queueLength = state.globalCount
    return band
  }

  private func bandOfPermit(_ permit: ProcessorState) -> BigBand {
    var band = BigBand(
      name: permit.machine.map { "M\($0)" } ?? say(.nothing), subject: permit.machine.map { .machine($0) })
    band.fiber = permit.fiber
    band.isBlocked = permit.status == .blocked
    (band.words, band.role) = permit.machine == nil ? ([say(.idle)], .ghost) : bigActivity(of: permit)
    return band
  }

  private var bandsOfAwake: [BigBand] {
    (0..<state.machineCount).compactMap { state.machine($0) }.filter { isAwake($0) }.map { machine in
      let queue = state.processor(Int(machine.id))
      var band = BigBand(name: "M\(machine.id)", subject: .machine(machine.id))
      band.fiber = machine.fiber
      band.words = machine.activity == .spinning ? [say(.timelineSpins)] : [say(.looksForWork), say(.timelineSearches)]
      band.role = machine.activity == .spinning ? .steal : .dim
      band.next = queue.runNext
      band.queueLength = queue.queueLength
      band.queue = queue.id
      return band
    }
  }

  private var bandsOfCrowd: [BigBand] {
    let counts = crowdCounts(state.liveFibers)
    let parts: [(Int, Phrase, Role)] = [
      (counts.all, .era(state.era == .processes ? .wordProcesses : .wordThreads), .title),
      (counts.ready, .era(.wordReady), .running), (counts.waiting, .era(.wordWait), .waiting),
      (counts.inCalls, .era(.wordInCalls), .blocked),
    ]
    return parts.map { count, word, role in
      var band = BigBand(name: "\(count)", subject: nil)
      band.words = [say(word)]
      band.role = count == 0 ? .ghost : role
      return band
    }
  }
}
