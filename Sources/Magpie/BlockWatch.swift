import CKernel
import Glibc
import Synchronization

/// Sysmon's look for fibers that block their kernel thread outside `blocking`: on a lock of the thread's, on a semaphore for a task, in a
/// read. Nobody can see that in the fiber's code, and a program that does it only seems slow; but the kernel knows what a thread
/// waits in. Ten looks, 100 ms apart, that all find a machine in a fiber's code and its thread in the very same wait are told on
/// standard error, once.
///
/// By virtual time, so that a program that is held is not accused. Rejected: looking at thread-locals or at locks, which needs to know
/// the insides of libraries; and looking at each switch, which would cost every fiber.
struct BlockWatch {
  private struct Wait {
    var place: UInt64
    var looks = 1
  }

  private static let period: UInt64 = 100_000_000
  private static let patience = 10
  /// Lines a run: what comes after that is more of the same.
  private static let most = 16

  private let scheduler: SchedulerRef
  private var waits: [Int: Wait] = [:]
  private var told = 0
  /// The virtual time of the next look.
  private(set) var next: UInt64 = 0

  /// Nil where nobody wants to know.
  init?(_ scheduler: SchedulerRef) {
    guard scheduler.pointee.configuration.warnsOfBlocking, scheduler.pointee.simulator == nil else { return nil }
    self.scheduler = scheduler
  }

  /// - Parameter now: the virtual time.
  mutating func look(_ now: UInt64) {
    guard now >= next, told < BlockWatch.most else { return }
    next = now &+ BlockWatch.period
    scheduler.pointee.lock.lock()
    let count = scheduler.locked.pointee.machineCount
    scheduler.pointee.lock.unlock()
    for id in 0..<count { look(at: id) }
  }

  private mutating func look(at id: Int) {
    let shared = scheduler.pointee.machines[id]!
    var place: UInt64 = 0
    var call: Int64 = -1
    if shared.pointee.entrance.activity == .outside {
      call = ck_waiting_call(shared.pointee.threadID.load(ordering: .relaxed), &place)
    }
    guard call >= 0 else {
      waits[id] = nil
      return
    }
    guard let known = waits[id], known.place == place else {
      waits[id] = Wait(place: place)
      return
    }
    waits[id]!.looks = known.looks + 1
    if known.looks + 1 == BlockWatch.patience { tell(id, call) }
  }

  private mutating func tell(_ id: Int, _ call: Int64) {
    let words = scheduler.pointee.gate.inspect(id) { () -> String? in
      let machine = scheduler.pointee.machines[id]!.pointee.owner!
      guard let fiber = machine.pointee.fiber else { return nil }
      return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { room in
        var text = SignalSafeText(room)
        text.append("magpie: warning: ")
        text.append(fiber: fiber)
        text.append(" keeps machine ")
        text.append(UInt64(id))
        text.append(" waiting in the kernel for over a second, ")
        BlockWatch.describe(call, in: &text)
        text.append("; the fiber was ")
        text.append(originOf: fiber)
        text.append("\n")
        return text.string
      }
    }
    guard let words = words ?? nil else { return }
    told += 1
    scheduler.pointee.configuration.onWarning(words)
  }

  private static func describe(_ call: Int64, in text: inout SignalSafeText) {
    guard let name = ck_call_name(call) else {
      text.append("in system call ")
      text.append(UInt64(call))
      text.append(": make the call inside blocking { }")
      return
    }
    text.append("in ")
    text.append(UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self))
    switch String(cString: name) {
    case "futex":
      text.append(", on a thread's lock, a semaphore or a condition: use Magpie's Mutex, Semaphore, ")
      text.append("Condition or Channel, or wait inside blocking { }; hold no thread's lock where a fiber may wait")
    case "nanosleep", "clock_nanosleep": text.append(": use Magpie's sleep(for:)")
    default: text.append(": use Magpie's files and connections, or make the call inside blocking { }")
    }
  }
}
