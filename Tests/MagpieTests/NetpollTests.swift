import Glibc
import TestSupport
import Testing

@testable import Magpie

/// Records an error of the poller's API as a failure of the test.
@discardableResult
func expectNoError<Result>(_ body: () throws(IOError) -> Result) -> Result? {
  do throws(IOError) {
    return try body()
  } catch {
    Issue.record("\(error)")
    return nil
  }
}

/// The error of a call that must fail.
func error<Result>(of body: () throws(IOError) -> Result) -> IOError? {
  do throws(IOError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

private func processTime() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

extension RuntimeTests {
  /// Files and timers in the poller, and how a runtime sleeps and ends with them.
  @Suite("The network poller")
  struct NetpollTests {
    private func waiters(_ runtime: Runtime) -> Int {
      runtime.scheduler.pointee.netpollWaiters.load(ordering: .acquiring)
    }

    private func waitForWaiters(_ count: Int, _ runtime: Runtime) {
      wait("so many wait for files") { waiters(runtime) == count }
    }

    @Test("A wait for the outside world is no deadlock, and costs no time", arguments: [1, 2, 8], [false, true])
    func outside(processors: Int, isSimulated: Bool) throws {
      var configuration = Configuration(processors: processors)
      configuration.isSimulated = isSimulated
      let runtime = Runtime(configuration)
      var ends: [Int32] = [-1, -1]
      try #require(pipe(&ends) == 0)
      let output = ends[1], input = ends[0]
      let job = Job {
        self.waitForWaiters(1, runtime)
        // The machines get to sleep, and wait for long compared with what a wake-up takes.
        usleep(20_000)
        var byte: UInt8 = 7
        _ = write(output, &byte, 1)
        Glibc.close(output)
      }
      let read = Word()
      try run(runtime) {
        expectNoError { () throws(IOError) in
          let file = try PolledFile(adopting: input)
          var byte: UInt8 = 0
          let count = try withUnsafeMutableBytes(of: &byte) { (buffer) throws(IOError) in try file.read(into: buffer) }
          read.add(count * Int(byte))
          file.close()
        }
      }
      job.join()
      #expect(read.value == 7)
    }

    @Test("Timers wait in the poller too, and earlier ones interrupt it", arguments: [1, 2, 8])
    func timers(processors: Int) throws {
      try run(processors: processors) {
        expectNoError { () throws(IOError) in
          let (reader, writer) = try makePipe()
          let woken = Channel<Int>(capacity: 8)
          spawn {
            _ = try? reader.read(atMost: 1)
            woken.send(3)
          }
          // For so long that the poller would wait for it, were it not interrupted.
          let far = Context(timeout: .seconds(3_600))
          spawn {
            try? far.sleep(for: .seconds(1_800))
            woken.send(2)
          }
          spawn {
            sleep(for: .milliseconds(2))
            spawn {
              sleep(for: .milliseconds(1))
              woken.send(1)
            }
          }
          #expect(woken.receive() == 1)
          far.cancel()
          #expect(woken.receive() == 2)
          writer.close()
          #expect(woken.receive() == 3)
          reader.close()
        }
      }
    }

    @Test("While all are busy, the monitor looks into the poller")
    func sysmon() throws {
      let flag = Word()
      try run(processors: 1) {
        expectNoError { () throws(IOError) in
          let (reader, writer) = try makePipe()
          spawn {
            expectNoError { () throws(IOError) in #expect(try reader.read(atMost: 1).count == 1) }
            flag.add()
            reader.close()
          }
          yield()
          try writer.write("x")
          // It gives the processor up, but there is always something to run: itself.
          while flag.value == 0 { checkpoint() }
          writer.close()
        }
      }
      #expect(flag.value == 1)
    }

    @Test("With nobody left in the poller, a deadlock is found", arguments: [1, 2, 8])
    func deadlock(processors: Int) throws {
      do {
        try run(processors: processors) {
          expectNoError { () throws(IOError) in
            let (reader, writer) = try makePipe()
            spawn(name: "reader") {
              _ = try? reader.read(atMost: 1)
              _ = Channel<Int>().receive()
            }
            sleep(for: .milliseconds(2))
            reader.close()
            writer.close()
            _ = Channel<Int>().receive()
          }
        }
        Issue.record("the run should have ended in a deadlock")
      } catch RuntimeError.deadlock(let report) {
        #expect(report.waiters.count == 2)
      }
    }

    @Test("A run that is stopped does not wait in the poller for ever", arguments: [false, true])
    func stop(isSimulated: Bool) throws {
      var configuration = Configuration(processors: 2)
      configuration.isSimulated = isSimulated
      let runtime = Runtime(configuration)
      let job = Job {
        self.waitForWaiters(1, runtime)
        runtime.stop()
      }
      let thrown = #expect(throws: RuntimeError.self) {
        try runtime.run {
          expectNoError { () throws(IOError) in
            let (reader, writer) = try makePipe()
            _ = try reader.read(atMost: 1)
            writer.close()
          }
        }
      }
      if case .stopped? = thrown {} else { Issue.record("\(thrown as Any)") }
      job.join()
      wait("all machines have ended") { runtime.machineNotes.allSatisfy { $0 == .ended } }
    }

    /// In a process of its own, whose CPU time nobody else uses.
    @Test("While all wait for files and far timers, no CPU is used")
    func idle() async {
      await #expect(processExitsWith: .success) {
        let used = Word()
        try Runtime(Configuration(processors: 4)).run {
          guard let (reader, writer) = try? makePipe() else { return }
          spawn {
            try? reader.setReadDeadline(after: .milliseconds(400))
            _ = try? reader.read(atMost: 1)
          }
          // The machines that looked for work fall asleep first.
          sleep(for: .milliseconds(100))
          let before = processTime()
          sleep(for: .milliseconds(200))
          used.add(Int(processTime() - before))
          writer.close()
        }
        exit(used.value < 50_000_000 ? 0 : 1)
      }
    }
  }
}
