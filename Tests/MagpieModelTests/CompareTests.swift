import MagpieTrace
import Testing

@testable import MagpieModel

/// Two runs that are over, on one clock.
@Suite("Compare")
struct CompareTests {
  private static func history(processors: Int, events: Int, seed: UInt64, capacity: Int = 1_000_000) -> History {
    var history = History(processors: processors, capacity: capacity)
    for event in Player.run(processors: processors, events: events, seed: seed, fibers: 60).events {
      history.append(event)
    }
    return history
  }

  private static func pair(_ alignment: Alignment = .progress) -> SideBySide {
    SideBySide(
      Course(history(processors: 1, events: 3_000, seed: 3)), Course(history(processors: 4, events: 4_000, seed: 9)),
      by: alignment)
  }

  // MARK: one course

  @Test(
    "A course knows of every moment its time and how many tasks had ended, also after the front was dropped",
    arguments: [1_000, 1_000_000])
  func moments(capacity: Int) {
    let history = CompareTests.history(processors: 3, events: 5_000, seed: 4, capacity: capacity)
    #expect(capacity > 1_000 || history.firstAvailable > 2_000)
    let course = Course(history)
    for n in stride(from: history.firstAvailable, through: history.count, by: 7) {
      let state = history.state(at: n)
      #expect(course.time(at: n) == state.time)
      #expect(course.finished(at: n) == Int(state.fibersFinished))
    }
  }

  @Test("Places grow with the events, and a place leads back to its last moment", arguments: Alignment.allCases)
  func places(alignment: Alignment) {
    let course = Course(CompareTests.history(processors: 3, events: 3_000, seed: 5))
    #expect(course.finished(at: course.last) > 20)
    var before = -1.0
    for n in course.first...course.last {
      let place = course.place(at: n, by: alignment)
      #expect(alignment == .time ? place >= before : place > before)
      let found = course.moment(at: place, by: alignment)
      #expect(found >= n && course.place(at: found, by: alignment) == place)
      #expect(found == course.last || course.place(at: found + 1, by: alignment) > place)
      let earlier = course.moment(at: place, by: alignment, isBefore: true)
      #expect(earlier == course.first || course.place(at: earlier, by: alignment) < place)
      #expect(earlier < n || n == course.first)
      before = place
    }
    #expect(course.moment(at: -1, by: alignment) == course.first)
    #expect(course.moment(at: .infinity, by: alignment) == course.last)
  }

  @Test("A history without an event is a course of one moment")
  func empty() {
    let course = Course(History(processors: 1))
    #expect(course.place(at: 0, by: .progress) == 0 && course.place(at: 0, by: .time) == 0)
    var pair = SideBySide(course, course)
    #expect(pair.previous == nil && pair.isAtEnd && pair.step() == nil && pair.stepBack() == nil && pair.share == 0)
    pair.play(1e9)
    #expect(pair.moments == [0, 0])
  }

  // MARK: two of them

  @Test("Steps take every event of both once, by place, and steps back retrace them", arguments: Alignment.allCases)
  func stepping(alignment: Alignment) {
    var pair = CompareTests.pair(alignment)
    var moments = [pair.moments]
    var place = -1.0
    while pair.step() != nil {
      #expect(pair.place >= place)
      place = pair.place
      moments.append(pair.moments)
    }
    #expect(pair.isAtEnd && moments.count == pair.courses[0].last + pair.courses[1].last + 1)
    #expect(pair.share == 1)
    for expected in moments.reversed().dropFirst() {
      pair.stepBack()
      #expect(pair.moments == expected)
    }
    #expect(pair.previous == nil && pair.stepBack() == nil)
  }

  @Test("Wherever one jumps to, a step and a step back return there", arguments: Alignment.allCases)
  func jumping(alignment: Alignment) {
    var pair = CompareTests.pair(alignment)
    for number in 0..<300 {
      switch number % 3 {
      case 0: pair.move(to: pair.end * Double(number) / 300)
      case 1: pair.move(0, to: number * 10)
      default: pair.move(1, to: number * 13)
      }
      let there = pair.moments
      if pair.step() != nil {
        pair.stepBack()
        #expect(pair.moments == there)
      }
      if pair.stepBack() != nil {
        pair.step()
        #expect(pair.moments == there)
      }
    }
  }

  @Test("Aligned by progress, as many tasks have ended in both; by time, neither is past the clock nor late")
  func aligned() {
    var pair = CompareTests.pair()
    for number in 0...50 {
      pair.move(to: Double(number))
      let done = (0...1).map { pair.courses[$0].finished(at: pair.moments[$0]) }
      #expect(done[0] == done[1] || pair.isAtEnd(0) || pair.isAtEnd(1))
    }
    pair.align(by: .time, keeping: 0)
    for number in 0...50 {
      let time = pair.end * Double(number) / 50
      pair.move(to: time)
      for side in 0...1 {
        #expect(pair.place(of: side) <= time)
        let next = pair.moments[side] + 1
        #expect(pair.isAtEnd(side) || pair.courses[side].place(at: next, by: .time) > time)
      }
    }
  }

  @Test("Aligning otherwise keeps the side that is looked at, and the end")
  func realigning() {
    var pair = CompareTests.pair()
    pair.move(1, to: 2_345)
    pair.align(by: .time, keeping: 1)
    #expect(pair.moments[1] == 2_345)
    #expect(abs(pair.place(of: 0) - pair.place(of: 1)) < pair.end / 10 || pair.isAtEnd(0))
    pair.moveToEnd()
    pair.align(by: .progress, keeping: 0)
    #expect(pair.isAtEnd)
  }

  @Test("Playing goes by virtual time of the longer run, to the end of both", arguments: Alignment.allCases)
  func playing(alignment: Alignment) {
    var pair = CompareTests.pair(alignment)
    let longer = pair.courses[0].duration >= pair.courses[1].duration ? 0 : 1
    let step = Double(pair.courses[longer].duration) / 100
    for number in 1...50 {
      pair.play(step)
      let time = Double(pair.courses[longer].time(at: pair.moments[longer]))
      #expect(time <= step * Double(number) + 1)
      let next = pair.courses[longer].time(at: pair.moments[longer] + 1)
      #expect(Double(next) > step * Double(number) - 1)
    }
    for _ in 0..<300 { pair.play(step) }
    #expect(pair.isAtEnd)
  }

  @Test("Where nothing happens the clock goes on: small steps add up")
  func smallSteps() {
    var pair = CompareTests.pair(.time)
    let start = pair.place
    for _ in 0..<1000 { pair.play(0.5) }
    #expect(abs(pair.place - start - 500) < 1)
  }

  // MARK: figures

  @Test("What fibers do adds up to those that live, and is what their places say")
  func figures() {
    let history = CompareTests.history(processors: 3, events: 3_000, seed: 11)
    for n in stride(from: 0, through: history.count, by: 13) {
      let state = history.state(at: n)
      var counts: [Figure: UInt64] = [.ready: 0, .running: 0, .calls: 0, .waiting: 0]
      for fiber in state.liveFibers {
        switch fiber.place {
        case .queued, .runNext, .global, .hands: counts[.ready]! += 1
        case .running: counts[.running]! += 1
        case .blocked, .detached: counts[.calls]! += 1
        case .parked, .unknown: counts[.waiting]! += 1
        }
      }
      for (figure, count) in counts { #expect(figure.value(in: state) == count, "\(figure) at \(n)") }
      #expect(Figure.active.value(in: state) == counts[.ready]! + counts[.running]!)
    }
    let live = history.live
    #expect(Figure.done.value(in: live) == live.fibersFinished && Figure.time.value(in: live) == live.time)
  }

  @Test("Where the kernel schedules on one side, what no event tells of is no figure of either")
  func told() {
    let fibers = Set(Figure.allCases.filter { $0.isTold(under: [.nto1, .mpn]) })
    #expect(fibers == Set(Figure.allCases).subtracting([.active]))
    for eras in [[Era.threads, .mpn], [.mpn, .processes], [.processes, .threads]] {
      let told = Set(Figure.allCases.filter { $0.isTold(under: eras) })
      #expect(told == Set(Figure.allCases).subtracting([.ready, .running, .switches]))
    }
  }

  @Test("Queues looked at are those that searches say")
  func victims() {
    let player = Player.run(processors: 4, events: 4_000, seed: 2, fibers: 60)
    var history = History(processors: 4)
    for event in player.events { history.append(event) }
    let looked = player.events.filter { $0.kind == .searchFind }.reduce(UInt64(0)) { $0 + UInt64($1.c) }
    #expect(Figure.victims.value(in: history.live) == looked)
  }

  @Test("A figure is judged where that makes sense, and only by a clear difference")
  func judgement() {
    #expect(Judgement(.time, 100, 100, haveDoneTheSame: true) == .equal)
    #expect(Judgement(.time, 100, 105, haveDoneTheSame: true) == .alike)
    #expect(Judgement(.time, 100, 200, haveDoneTheSame: true) == .better(side: 0))
    #expect(Judgement(.time, 100, 200, haveDoneTheSame: false) == .differ)
    #expect(Judgement(.done, 100, 200, haveDoneTheSame: false) == .better(side: 1))
    #expect(Judgement(.victims, 0, 1, haveDoneTheSame: true) == .better(side: 0))
    #expect(Judgement(.threads, 9, 3, haveDoneTheSame: false) == .better(side: 1))
    #expect(Judgement(.steals, 0, 1, haveDoneTheSame: true) == .differ)
  }
}
