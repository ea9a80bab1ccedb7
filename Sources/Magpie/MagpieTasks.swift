import Synchronization

/// The M:P:N runtime as a `TaskSystem`, so that scenarios run on it unchanged.
public final class MagpieTasks: TaskSystem {
  /// What the handles name; each table grows under its lock and never moves what it holds.
  private final class Table<Object: Sendable>: Sendable {
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Object?>
    private let capacity = 1 << 16
    private let count = Atomic<Int>(0)

    init() {
      slots = .allocate(capacity: capacity)
      slots.initialize(repeating: nil, count: capacity)
    }

    deinit {
      slots.deinitialize(count: capacity)
      slots.deallocate()
    }

    func add(_ object: Object) -> Int {
      let index = count.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < capacity else { misuse("more than \(capacity) objects of a kind in one scenario") }
      slots[index] = object
      return index
    }

    subscript(index: Int) -> Object { slots[index]! }
  }

  private final class Word: Sendable { let value = Atomic<Int>(0) }

  private let words = Table<Word>()
  private let channels = Table<Channel<Int>>()
  private let mutexes = Table<Mutex>()
  private let groups = Table<WaitGroup>()
  let network = TaskNetwork()

  public init() {}

  public func spawn(name: String, _ body: @escaping @Sendable () -> Void) {
    // Where a scenario spawns is not known here.
    Magpie.spawn(name: name, stackSize: nil, at: SpawnSite(), body)
  }
  public func yield() { Magpie.yield() }
  public func sleep(for duration: Duration) { Magpie.sleep(for: duration) }
  public func blocking<Result>(_ what: StaticString, _ body: () -> Result) -> Result { Magpie.blocking(what, body) }
  public func compute(for duration: Duration) { Magpie.compute(for: duration) }
  public func hog(for duration: Duration) { Magpie.hog(for: duration) }
  public func checkpoint() { Magpie.checkpoint() }

  public func makeCounter() -> Counter { Counter(index: words.add(Word())) }
  // Acquire and release: who sees the sum sees what was done before its parts were added.
  @discardableResult
  public func add(_ amount: Int, to counter: Counter) -> Int {
    words[counter.index].value.wrappingAdd(amount, ordering: .acquiringAndReleasing).newValue
  }
  public func value(of counter: Counter) -> Int { words[counter.index].value.load(ordering: .acquiring) }

  public func makeCell(_ value: Int) -> Cell {
    let cell = Cell(index: words.add(Word()))
    store(value, in: cell)
    return cell
  }
  // Release and acquire: who loads a value sees what was written before it was stored.
  public func store(_ value: Int, in cell: Cell) { words[cell.index].value.store(value, ordering: .releasing) }
  public func load(_ cell: Cell) -> Int { words[cell.index].value.load(ordering: .acquiring) }

  public func makeChannel(capacity: Int) -> ChannelHandle {
    ChannelHandle(index: channels.add(Channel(capacity: capacity)))
  }
  public func send(_ value: Int, on channel: ChannelHandle) { channels[channel.index].send(value) }
  public func receive(from channel: ChannelHandle) -> Int? { channels[channel.index].receive() }
  public func close(_ channel: ChannelHandle) { channels[channel.index].close() }

  public func makeMutex() -> MutexHandle { MutexHandle(index: mutexes.add(Mutex())) }
  public func lock(_ mutex: MutexHandle) { mutexes[mutex.index].lock() }
  public func unlock(_ mutex: MutexHandle) { mutexes[mutex.index].unlock() }

  public func makeWaitGroup() -> WaitGroupHandle { WaitGroupHandle(index: groups.add(WaitGroup())) }
  public func add(_ count: Int, to group: WaitGroupHandle) { groups[group.index].add(count) }
  public func done(_ group: WaitGroupHandle) { groups[group.index].done() }
  public func wait(for group: WaitGroupHandle) { groups[group.index].wait() }
}
