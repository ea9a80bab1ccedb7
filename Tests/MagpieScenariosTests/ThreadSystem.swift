import Glibc
import Magpie

/// The simplest scheduler that can be right: a kernel thread a task, and one lock and one condition for everything shared.
final class ThreadSystem: TaskSystem, @unchecked Sendable {
  private struct Channel {
    let capacity: Int
    var values: [Int] = []
    var sent = 0
    var received = 0
    var isClosed = false
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var numbers: [Int] = []
  private var channels: [Channel] = []
  private var locks: [Bool] = []
  let network = ThreadNetwork()
  private var live = 0
  private(set) var spawned = 0
  private(set) var mostAlive = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  /// Runs `root` as the first task and returns when all tasks have ended.
  func run(_ root: @escaping @Sendable () -> Void) {
    spawn(name: "root", root)
    waitForAll()
  }

  func waitForAll() { atomically(when: { self.live == 0 }) {} }

  private func atomically<Value>(when ready: () -> Bool = { true }, _ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    while !ready() { pthread_cond_wait(changed, mutex) }
    return body()
  }

  private final class Entry {
    let system: ThreadSystem
    let body: () -> Void
    init(_ system: ThreadSystem, _ body: @escaping () -> Void) { (self.system, self.body) = (system, body) }
  }

  func spawn(name: String, _ body: @escaping @Sendable () -> Void) {
    atomically {
      live += 1
      spawned += 1
      mostAlive = max(mostAlive, live)
    }
    let entry = Unmanaged.passRetained(Entry(self, body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 256 << 10)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    // With a thousand threads alive another may be refused for a moment.
    while pthread_create(
      &thread, &attributes,
      {
        let entry = Unmanaged<Entry>.fromOpaque($0!).takeRetainedValue()
        entry.body()
        entry.system.atomically { entry.system.live -= 1 }
        return nil
      }, entry.toOpaque()) != 0
    {
      usleep(1000)
    }
    pthread_attr_destroy(&attributes)
  }

  func yield() { sched_yield() }
  func sleep(for duration: Duration) { usleep(UInt32(duration.components.attoseconds / 1_000_000_000_000)) }
  func blocking<Result>(_ what: StaticString, _ body: () -> Result) -> Result { body() }
  func compute(for duration: Duration) {}
  func hog(for duration: Duration) {}
  func checkpoint() {}

  private func makeNumber(_ value: Int) -> Int {
    atomically {
      numbers.append(value)
      return numbers.count - 1
    }
  }

  func makeCounter() -> Counter { Counter(index: makeNumber(0)) }
  @discardableResult
  func add(_ amount: Int, to counter: Counter) -> Int {
    atomically {
      numbers[number(counter)] += amount
      return numbers[number(counter)]
    }
  }
  func value(of counter: Counter) -> Int { atomically { numbers[number(counter)] } }
  func makeCell(_ value: Int) -> Cell { Cell(index: makeNumber(value)) }
  func store(_ value: Int, in cell: Cell) { atomically { numbers[number(cell)] = value } }
  func load(_ cell: Cell) -> Int { atomically { numbers[number(cell)] } }

  /// What a handle holds: handles are one word, and keep it to themselves.
  func number<Handle: BitwiseCopyable>(_ handle: Handle) -> Int { unsafeBitCast(handle, to: Int.self) }

  func makeChannel(capacity: Int) -> ChannelHandle {
    atomically {
      channels.append(Channel(capacity: capacity))
      return ChannelHandle(index: channels.count - 1)
    }
  }

  func send(_ value: Int, on channel: ChannelHandle) {
    let channel = number(channel)
    let ticket = atomically(when: { [self] in
      precondition(!channels[channel].isClosed, "a send on a closed channel")
      return channels[channel].values.count < max(1, channels[channel].capacity)
    }) {
      channels[channel].values.append(value)
      channels[channel].sent += 1
      return channels[channel].sent
    }
    if atomically({ channels[channel].capacity }) == 0 {
      atomically(when: { [self] in channels[channel].received >= ticket }) {}
    }
  }

  func receive(from channel: ChannelHandle) -> Int? {
    let channel = number(channel)
    return atomically(when: { [self] in !channels[channel].values.isEmpty || channels[channel].isClosed }) {
      if channels[channel].values.isEmpty { return nil }
      channels[channel].received += 1
      return channels[channel].values.removeFirst()
    }
  }

  func close(_ channel: ChannelHandle) { atomically { channels[number(channel)].isClosed = true } }

  func makeMutex() -> MutexHandle {
    atomically {
      locks.append(false)
      return MutexHandle(index: locks.count - 1)
    }
  }

  func lock(_ mutex: MutexHandle) {
    atomically(when: { [self] in !locks[number(mutex)] }) { locks[number(mutex)] = true }
  }
  func unlock(_ mutex: MutexHandle) { atomically { locks[number(mutex)] = false } }

  func makeWaitGroup() -> WaitGroupHandle { WaitGroupHandle(index: makeNumber(0)) }
  func add(_ count: Int, to group: WaitGroupHandle) { atomically { numbers[number(group)] += count } }
  func done(_ group: WaitGroupHandle) { add(-1, to: group) }
  func wait(for group: WaitGroupHandle) { atomically(when: { [self] in numbers[number(group)] == 0 }) {} }
}
