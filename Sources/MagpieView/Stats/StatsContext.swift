import MagpieModel
import MagpieTrace

/// What the parts of the Stats view are drawn from.
struct StatsContext {
  let scene: Scene
  let order: StatsView.Order
  let isReversed: Bool
  let statistics: Statistics
  /// Totals from the beginning to the moment.
  let samples: [Sample]
  /// A keyframe some time before, from which rates are counted, and how long before that was.
  private let earlier: Statistics
  let recent: UInt64

  var say: Language { scene.say }

  init(scene: Scene, order: StatsView.Order, isReversed: Bool) {
    self.scene = scene
    self.order = order
    self.isReversed = isReversed
    statistics = scene.state.statistics
    let earlier = scene.history.statistics(before: scene.shown, by: 4096)
    self.earlier = earlier.totals
    recent = scene.state.time > earlier.time ? scene.state.time - earlier.time : 0
    let all = scene.history.samples
    let count = all.partitioningIndex { $0.event >= scene.shown }
    samples = all.prefix(count) + [Sample(scene.state)]
  }

  func rate(_ kind: EventKind) -> Double { statistics.rate(of: kind, since: earlier, nanoseconds: recent) }

  /// How a total has grown, in so many even parts of the time from the beginning to the moment.
  func growth(_ parts: Int, _ value: (Sample) -> UInt64) -> [Double] {
    guard parts > 0, scene.state.time > 0 else { return [] }
    var result: [Double] = []
    var index = 0
    var before = 0.0
    for part in 1...parts {
      let time = Double(scene.state.time) * Double(part) / Double(parts)
      while index < samples.count, Double(samples[index].time) < time { index += 1 }
      let total: Double
      if index >= samples.count {
        total = Double(value(samples[samples.count - 1]))
      } else {
        // Between two samples it has grown evenly, for all that is known.
        let start = index == 0 ? (0.0, 0.0) : (Double(samples[index - 1].time), Double(value(samples[index - 1])))
        let end = (Double(samples[index].time), Double(value(samples[index])))
        let share = end.0 > start.0 ? (time - start.0) / (end.0 - start.0) : 1
        total = start.1 + (end.1 - start.1) * share
      }
      result.append(max(total - before, 0))
      before = total
    }
    return result
  }

  /// A part's title on a rule.
  static func title(_ canvas: inout Canvas, _ area: Area, _ title: String, note: String = "") {
    canvas.line(x: area.x, y: area.y, length: area.width)
    let end = canvas.write(title + " ", x: area.x, y: area.y, Style(.title, bold: true), limit: area.width)
    let length = Canvas.width(of: note)
    if length > 0, end + length + 3 <= area.right {
      canvas.write(" " + note, x: area.right - length - 1, y: area.y, Style(.dim))
    }
  }

  /// Marks the title of the part to which the keys have gone.
  static func mark(_ canvas: inout Canvas, _ area: Area) {
    canvas.put(.leftHalf, x: area.x - 1, y: area.y, Style(.title))
    canvas.setGround(.selected, Area(x: area.x, y: area.y, width: area.width, height: 1))
  }

  /// Switches, steals, handoffs and how busy the processors are: the total, and the curve from the beginning on.
  func drawTotals(_ canvas: inout Canvas, _ area: Area) {
    let tries = statistics.stealAttempts
    let success = tries == 0 ? 0 : Int(Double(statistics.stealsSucceeded) * 100 / Double(tries))
    let time = scene.state.time
    let processors = max(scene.state.activeProcessorCount, 1)
    let busy = scene.state.time == 0 ? 0 : Double(samples[samples.count - 1].busy.reduce(0, +)) / Double(time)
    let percent = Int(min(busy / Double(processors), 1) * 100)
    typealias Item = (Phrase, Role, ((Sample) -> UInt64)?)
    let switches: Item = (
      .statsSwitches(statistics.switches, rate: rate(.fiberStart)), .running, { $0.switches }
    )
    let steals: Item = (.statsSteals(statistics.stealsSucceeded, percent: success), .steal, { $0.steals })
    let handoffs: Item = (.statsHandoffs(statistics.handoffs), .blocked, { $0.handoffs })
    let busyItem: Item = (.statsBusy(percent), .good, { $0.busy.reduce(0, &+) })
    let items: [Item]
    switch scene.state.era {
    case .mpn: items = [switches, steals, handoffs, busyItem]
    case .serial, .nto1: items = [switches, busyItem]
    case .global:
      let lock = Stage(scene: scene).lockTotals
      items = [
        switches, (.era(.statsLockWaits(lock.count, nanoseconds: lock.nanoseconds)), .error, nil), handoffs, busyItem,
      ]
    case .distributed:
      items = [switches, steals, (.era(.statsLooked(statistics.victims)), .steal, nil), handoffs]
    case .threads, .processes:
      let kernel = scene.facts.kernel
      let counts: Phrase = .kernelSees(
        processes: kernel.processes, threads: kernel.threads, voluntary: kernel.voluntary,
        involuntary: kernel.involuntary)
      canvas.write(say(.kernel) + " " + say(counts), x: area.x, y: area.y, Style(.text), limit: area.width)
      return
    }
    let perLine = area.height > 1 ? 2 : 4
    let width = (area.width - 3 * (perLine - 1)) / perLine
    for (number, (phrase, role, value)) in items.enumerated() {
      let x = area.x + number % perLine * (width + 3)
      let y = area.y + number / perLine
      let end = canvas.write(say(phrase), x: x, y: y, Style(.text), limit: width)
      let room = min(x + width - end - 1, 40)
      if room >= 4, let value { canvas.sparkline(growth(room, value), x: end + 1, y: y, Style(role)) }
    }
  }
}
