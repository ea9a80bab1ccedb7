import CKernel
public import MagpieTrace

/// Looks into /proc what the kernel says of each task's thread: samples, marked as such, at most 20 times a second and of 256 tasks at
/// a time, and so seldom that it takes a twentieth of a core. One thread only.
public final class KernelSampler {
  private let program: KernelProgram
  private var last: [Int: (fiber: UInt32, sample: ck_thread_sample)] = [:]
  private var nextSlot = 0
  private var due: UInt64 = 0

  private static let interval: UInt64 = 50_000_000
  /// Less CPU than this, in nanoseconds, is nothing new.
  private static let grain: UInt64 = 1_000_000
  private static let most = 256
  /// One part of the time in so many.
  private static let share: UInt64 = 20

  public init(_ program: KernelProgram) { self.program = program }

  /// Takes samples if they are due, and hands over an event for each task of which there is something new.
  public func sample(_ body: (Event) -> Void) {
    let begin = ck_monotonic_ns()
    // Never waits for the lock: whoever has it may wait for the reader of the log, who is this thread.
    guard begin >= due, program.arena.tryLock() else { return }
    let arena = program.arena
    let time = arena.now
    var found: [(slot: Int, fiber: UInt32, process: Int32, thread: Int32)] = []
    let count = arena.header.pointee.slotsMade
    var looked = 0
    while looked < count, found.count < KernelSampler.most {
      if nextSlot >= count { nextSlot = 0 }
      if arena.slots[nextSlot].state != .free, arena.slots[nextSlot].thread != 0 {
        let slot = nextSlot
        found.append((slot, arena.slots[slot].fiber, arena.slots[slot].process, arena.slots[slot].thread))
      }
      nextSlot += 1
      looked += 1
    }
    arena.unlock()
    for task in found {
      var sample = ck_thread_sample()
      guard ck_sample_thread(task.process, task.thread, &sample) else { continue }
      if let old = last[task.slot], old.fiber == task.fiber, old.sample.state == sample.state,
        old.sample.voluntary == sample.voluntary, old.sample.involuntary == sample.involuntary,
        old.sample.cpu_ns / KernelSampler.grain == sample.cpu_ns / KernelSampler.grain
      {
        continue
      }
      last[task.slot] = (task.fiber, sample)
      body(
        Event(
          time: time, machine: UInt16(task.slot), kind: .kernelSample, detail: UInt8(bitPattern: sample.state),
          fiber: task.fiber, a: UInt32(task.slot), b: UInt32(truncatingIfNeeded: sample.voluntary),
          c: UInt32(truncatingIfNeeded: sample.involuntary), d: UInt32(truncatingIfNeeded: sample.cpu_ns / 1000)))
    }
    let end = ck_monotonic_ns()
    due = end + max(KernelSampler.interval, (end - begin) * KernelSampler.share)
  }
}
