import CKernel
import Glibc
import Testing

@testable import Magpie

extension RuntimeTests {
  /// A run that meets a limit ends, and says which, its present value and the way out. What changes a limit of the process does so
  /// in a process of its own.
  @Suite("Limits")
  struct LimitTests {
    @Test("More calls that block than there may be machines end the run", arguments: [1, 2, 8])
    func machines(processors: Int) throws {
      var ends: [Int32] = [-1, -1]
      try #require(pipe(&ends) == 0)
      defer { for end in ends { close(end) } }
      let input = ends[0]
      let limit = try limit(of: Runtime(configuration(processors) { $0.maximumMachines = 12 })) {
        for _ in 0..<40 {
          spawn {
            var byte: UInt8 = 0
            _ = blocking { read(input, &byte, 1) }
          }
        }
      }
      #expect(limit.kind == .machines && limit.value == 12)
      #expect(limit.description.contains("all 12 that there may be (Configuration.maximumMachines)"))
      #expect(limit.description.contains("Semaphore"))
      // The machines in their calls may end.
      #expect(write(ends[1], [UInt8](repeating: 0, count: 64), 64) == 64)
    }

    @Test("As many calls may block at once as there may be machines", arguments: [1, 4])
    func enoughMachines(processors: Int) throws {
      let done = Word()
      try run(
        processors: processors, { $0.maximumMachines = 64 }
      ) {
        let calls = Semaphore(permits: 40)
        for _ in 0..<200 {
          spawn {
            calls.acquire()
            blocking { _ = usleep(200) }
            calls.release()
            done.add()
          }
        }
      }
      #expect(done.value == 200)
    }

    @Test("A simulated run meets the same limit", arguments: 1...8)
    func simulatedMachines(seed: Int) throws {
      var configuration = simulation(seed)
      configuration.maximumMachines = 4
      let limit = try limit(of: Runtime(configuration)) {
        for _ in 0..<40 { spawn { blocking {} } }
      }
      #expect(limit.kind == .machines && limit.value == 4)
    }

    @Test("A stack that no address space can hold ends the run")
    func hugeStack() throws {
      for size in [1 << 47, .max] {
        let limit = try limit(of: Runtime(Configuration(processors: 2))) {
          spawn(stackSize: size) {}
          waitForAllOthers()
        }
        #expect(limit.kind == .memory && limit.description.contains("Configuration.stackSize"))
        #expect(throws: RuntimeError.self) {
          try MagpieTests.run(Runtime(configuration(2) { $0.stackSize = size })) {}
        }
      }
    }

    @Test(
      "Where the process may have no more address space, a run says so, at its start or in its middle",
      .disabled(if: ck_under_tsan(), "the sanitizer needs memory of its own"))
    func addressSpace() async {
      await #expect(processExitsWith: .success) {
        setLimit(RLIMIT_AS, usedAddressSpace() + 64 << 20)
        let limit = try limit(of: Runtime(Configuration(processors: 1))) {}
        #expect(limit.kind == .addressSpace && limit.value == currentLimit(RLIMIT_AS))
        #expect(limit.description.contains("the table of fibers"))
        #expect(limit.description.contains("(ulimit -v)"))
      }
      await #expect(processExitsWith: .success) {
        let limit = try limit(of: Runtime(Configuration(processors: 1))) {
          setLimit(RLIMIT_AS, usedAddressSpace() + 64 << 20)
          let gate = Channel<Void>()
          // The second has no room, but there is some left: the test's own threads need it.
          for _ in 0..<2 { spawn(stackSize: 40 << 20) { _ = gate.receive() } }
          waitForAllOthers()
        }
        #expect(limit.kind == .addressSpace && limit.description.contains("fibers' stacks"))
      }
    }

    @Test(
      "Where the process may have no more mappings, a run says so",
      .disabled(if: ck_under_tsan(), "the sanitizer needs memory of its own"))
    func mappings() async {
      await #expect(processExitsWith: .success) {
        let limit = try limit(of: Runtime(Configuration(processors: 1))) {
          exhaustMappings()
          let gate = Channel<Void>()
          for _ in 0..<10_000 { spawn(stackSize: 1 << 20) { _ = gate.receive() } }
          waitForAllOthers()
        }
        #expect(limit.kind == .mappings && limit.value == Int(ck_read_number("/proc/sys/vm/max_map_count")))
        #expect(limit.description.contains("(vm.max_map_count)"))
      }
    }

    @Test("Where the user may have no more threads, a run says so, at its start or in its middle")
    func threads() async {
      await #expect(processExitsWith: .success) {
        allowNoMoreThreads()
        let limit = try limit(of: Runtime(Configuration(processors: 1)), watched: false) {}
        #expect(limit.kind == .threads && limit.value == currentLimit(__RLIMIT_NPROC))
        #expect(limit.description.contains("a machine"))
        #expect(limit.description.contains("(ulimit -u)") && limit.description.contains("(kernel.threads-max)"))
      }
      await #expect(processExitsWith: .success) {
        let limit = try limit(of: Runtime(Configuration(processors: 1))) {
          allowNoMoreThreads()
          for _ in 0..<100 { spawn { blocking { _ = pause() } } }
          waitForAllOthers()
        }
        #expect(limit.kind == .threads)
      }
    }

    @Test("Where the process may have no more files, a call says so, and nothing is left open")
    func files() async {
      await #expect(processExitsWith: .success) {
        try MagpieTests.run(processors: 2) {
          let before = openFiles()
          setLimit(RLIMIT_NOFILE, 64)
          for _ in 0..<3 {
            var pipes: [PipeReader] = []
            var error: IOError?
            while error == nil {
              do throws(IOError) { pipes.append(try makePipe().reader) } catch let refused { error = refused }
            }
            guard case .failed(_, EMFILE) = error else {
              Issue.record("\(error!)")
              return
            }
            #expect(error!.description.contains("this process may have 64 open files (ulimit -n)"))
            var listeners: [TCPListener] = []
            do throws(IOError) {
              // A pipe takes two, so one may be left.
              while listeners.count < 2 { listeners.append(try TCPListener()) }
              Issue.record("listeners beyond the limit")
            } catch {
              #expect(error.description.contains("(ulimit -n)"))
            }
            pipes = []
            listeners = []
          }
          // The poller and its event stay.
          #expect(openFiles() <= before + 2)
        }
      }
    }
  }
}

private func configuration(_ processors: Int, _ change: (inout Configuration) -> Void) -> Configuration {
  var configuration = Configuration(processors: processors)
  change(&configuration)
  return configuration
}

/// Runs a body, and gives the limit that ended the run.
/// - Parameter watched: by a thread, which there may be no room for.
private func limit(
  of runtime: Runtime, watched: Bool = true, _ body: @escaping @Sendable () -> Void
) throws -> Limit {
  var found: Limit?
  do { try watched ? run(runtime, body) : runtime.run(body) } catch RuntimeError.limit(let limit) { found = limit }
  return try #require(found)
}

private func currentLimit(_ resource: __rlimit_resource) -> Int {
  var limit = rlimit()
  return getrlimit(Int32(resource.rawValue), &limit) == 0 ? Int(limit.rlim_cur) : -1
}

private func setLimit(_ resource: __rlimit_resource, _ value: Int) {
  var limit = rlimit()
  getrlimit(Int32(resource.rawValue), &limit)
  limit.rlim_cur = UInt(value)
  precondition(setrlimit(Int32(resource.rawValue), &limit) == 0)
}

private func usedAddressSpace() -> Int { Int(ck_read_number("/proc/self/statm")) * ck_page_size() }

/// Splits one mapping until the kernel allows no more.
private func exhaustMappings() {
  let (page, count) = (ck_page_size(), 2 * Int(ck_read_number("/proc/sys/vm/max_map_count")))
  let memory = ck_reserve(page * count)!
  var index = 0
  while index < count, mprotect(memory + index * page, page, PROT_READ) == 0 { index += 2 }
  precondition(index < count)
}

/// Becomes a user of its own, if it may, as the superuser has no such limit.
private func allowNoMoreThreads() {
  if getuid() == 0 { precondition(setuid(54_321) == 0) }
  setLimit(__RLIMIT_NPROC, 1)
}

private func openFiles() -> Int {
  guard let directory = opendir("/proc/self/fd") else { return -1 }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  return count
}
