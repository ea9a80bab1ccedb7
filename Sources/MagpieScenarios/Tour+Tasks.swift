import Magpie
import MagpieTrace

extension Tour {
  /// Spawns a task and counts it, before it exists and after it has done its work.
  func start<System: TaskSystem>(
    _ name: String, on system: System, _ shared: Shared, _ body: @escaping @Sendable () -> Void
  ) {
    system.add(1, to: shared.spawned)
    system.spawn(name: name) {
      body()
      system.add(1, to: shared.finished)
    }
  }

  /// `clock`: says when it is over, and closes the channel once nobody sends any more.
  func tick<System: TaskSystem>(on system: System, _ shared: Shared) {
    var rest = length
    while rest > .zero {
      let step = min(rest, .milliseconds(100))
      system.sleep(for: step)
      rest -= step
    }
    system.store(1, in: shared.isOver)
    system.wait(for: shared.reading)
    system.close(shared.lines)
  }

  /// `reader`: blocks in the kernel, passes on what it read, rests.
  func read<System: TaskSystem>(_ reader: Int, on system: System, _ shared: Shared) {
    let longest = Int(longestRead.nanoseconds)
    var line = reader
    while system.load(shared.isOver) == 0 {
      let length = longest / 8 * (2 + line &* 5 % 7)
      system.blocking("read") { SystemCall.sleep(nanoseconds: length) }
      system.add(1, to: shared.read)
      system.send(line, on: shared.lines)
      line &+= 1
      system.sleep(for: .milliseconds(30 + line &* 11 % 29))
    }
    system.done(shared.reading)
  }

  /// `worker`: takes a line, thinks about it, and writes it down, one worker at a time.
  func work<System: TaskSystem>(on system: System, _ shared: Shared) {
    while let line = system.receive(from: shared.lines) {
      system.compute(for: .milliseconds(4 + line &* 3 % 7))
      system.lock(shared.log)
      let written = system.load(shared.written)
      system.compute(for: .microseconds(400))
      system.store(written + 1, in: shared.written)
      system.unlock(shared.log)
      system.add(1, to: shared.handled)
    }
  }

  /// `crew`: a handful of tasks at once, to be stolen by whoever is idle.
  func callCrews<System: TaskSystem>(on system: System, _ shared: Shared) {
    var call = 0
    repeat {
      system.add(crew, to: shared.crewing)
      for task in 0..<crew {
        let work = Duration.milliseconds(8 + (task &* 7 &+ call) % 17)
        start("task", on: system, shared) {
          system.compute(for: work)
          system.done(shared.crewing)
        }
      }
      system.wait(for: shared.crewing)
      call &+= 1
      system.sleep(for: .milliseconds(40))
    } while system.load(shared.isOver) == 0
  }

  /// `flood`: more tasks than a local queue holds, soon after the beginning and in the middle.
  func sendFloods<System: TaskSystem>(on system: System, _ shared: Shared) {
    for wait in [length * 6 / 100, length * 45 / 100] {
      system.sleep(for: wait)
      system.add(flood, to: shared.flooding)
      for _ in 0..<flood {
        start("drop", on: system, shared) {
          system.compute(for: .microseconds(1500))
          system.done(shared.flooding)
        }
      }
      system.wait(for: shared.flooding)
    }
  }
}
