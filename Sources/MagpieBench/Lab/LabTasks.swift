import CKernel
import Glibc
import Magpie
import MagpieTrace

/// Tasks of an era with nothing between them and their scheduler: neither watched nor recorded. Under processes and threads that is
/// the kernel: a task is forked, or a thread; else a runtime, and a task is a fiber.
///
/// What they share is in `SharedWords`.
struct LabTasks: Sendable {
  let era: Era
  var isOfKernel: Bool { !era.hasFibers }

  /// Runs `bodies`, each as a task of its own, until all have ended. - Parameter processors: how many run at once, where that is said.
  func run(processors: Int, _ bodies: [@Sendable () -> Void]) throws(LabObstacle) {
    switch era {
    case .processes:
      var children: [ChildProcess] = []
      defer { for child in children { child.reap() } }
      for body in bodies {
        do throws(LabObstacle) { children.append(try ChildProcess(body)) } catch {
          for child in children { child.kill() }
          throw error.after(children.count, of: bodies.count)
        }
      }
    case .threads:
      var threads: [PlainThread] = []
      defer { for thread in threads { thread.join() } }
      for body in bodies {
        do throws(LabObstacle) { threads.append(try PlainThread(body)) } catch {
          throw error.after(threads.count, of: bodies.count)
        }
      }
    default:
      do {
        try runtime(processors: processors).run { for body in bodies { spawn(body) } }
      } catch {
        throw .failed(LabFailure(error))
      }
    }
  }

  /// A runtime of the era, which has one.
  func runtime(processors: Int) -> Runtime {
    var configuration = Configuration(processors: processors)
    configuration.era = era
    return Runtime(configuration)
  }

  /// Measures on the first fiber of a runtime of the era.
  func measure(
    processors: Int, _ body: @escaping @Sendable (Runtime) throws(LabObstacle) -> [Double]
  ) throws(LabObstacle) -> [Double] {
    let runtime = runtime(processors: processors)
    let outcomes = Collected<Result<[Double], LabObstacle>>()
    do {
      try runtime.run {
        do throws(LabObstacle) { outcomes.add(.success(try body(runtime))) } catch { outcomes.add(.failure(error)) }
      }
    } catch {
      throw .failed(LabFailure(error))
    }
    guard let outcome = outcomes.values.first else { throw .failed(.nothingRan) }
    return try outcome.get()
  }

  /// Lets other tasks run.
  func yield() {
    if isOfKernel { sched_yield() } else { Magpie.yield() }
  }

  /// Makes a call that blocks the kernel thread.
  func blocking(_ body: () -> Void) {
    if isOfKernel { body() } else { Magpie.blocking("sleep", body) }
  }

  /// CPU time of this process, with all its threads and all children that it has waited for, in nanoseconds.
  static func cpu() -> Double { Double(ck_process_cpu_ns()) + ChildProcess.reapedCPU }
}
