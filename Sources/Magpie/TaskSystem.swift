/// What a scenario may ask of a scheduler: the small API that every era of the history can give.
///
/// Scenarios are generic over this protocol, so that the same code, unchanged, runs under each scheduler; generics
/// specialise, so the runtime pays nothing for it. Everything that tasks share is allocated by the system and named by
/// value-type handles, and the values that cross are trivial, so that tasks can live in processes of their own: a task's
/// closure captures handles and inputs, and results come back through counters and cells only.
///
/// A system has room for 65,536 objects of a kind. What is called a programming error below ends the program with a sentence that says so.
public protocol TaskSystem: Sendable {
  /// Starts a task that runs `body`. Tasks may spawn tasks. Where the kernel refuses a thread or process for long, the run ends at that
  /// limit.
  /// - Parameters:
  ///   - name: what the screen calls it; the same few names should be used again, each is kept for ever.
  ///   - body: what it does.
  func spawn(name: String, _ body: @escaping @Sendable () -> Void)
  /// Lets other tasks run; the task itself goes to the end of the line.
  func yield()
  /// Waits for a length of virtual time; one that is not above zero is a `yield`.
  func sleep(for duration: Duration)
  /// Runs a call that may block the kernel thread, which the scheduler then knows.
  /// - Parameters:
  ///   - what: the call's name on the screen, such as `read`.
  ///   - body: makes the call, and asks nothing of the system.
  /// - Returns: what `body` gives.
  func blocking<Result>(_ what: StaticString, _ body: () -> Result) -> Result
  /// Uses the CPU for a length of virtual time; passes a checkpoint at least each millisecond.
  func compute(for duration: Duration)
  /// Uses the CPU for a length of virtual time without ever calling the scheduler.
  func hog(for duration: Duration)
  /// Gives the scheduler the chance to let others run, if the slice is over.
  func checkpoint()

  /// A sum that tasks add to, 0 at first.
  func makeCounter() -> Counter
  /// Adds in one step; an overflow wraps.
  /// - Returns: the sum, this amount included.
  @discardableResult
  func add(_ amount: Int, to counter: Counter) -> Int
  /// The sum. Who sees it sees what was done before its parts were added.
  func value(of counter: Counter) -> Int
  /// A word that holds the last value stored.
  func makeCell(_ value: Int) -> Cell
  func store(_ value: Int, in cell: Cell)
  /// The value. Who sees it sees what was done before it was stored.
  func load(_ cell: Cell) -> Int

  /// - Parameter capacity: values that it holds before a sender waits; 0 makes sender and receiver meet. Not negative.
  func makeChannel(capacity: Int) -> ChannelHandle
  /// Waits until the value is taken or buffered. Sending on a closed channel is a programming error.
  func send(_ value: Int, on channel: ChannelHandle)
  /// Waits for a value; nil once the channel is closed and empty.
  func receive(from channel: ChannelHandle) -> Int?
  /// Whoever waits to receive gets nil. Closing it twice is a programming error, and so is closing it under who waits to send.
  func close(_ channel: ChannelHandle)

  /// A lock that one task has at a time; not twice by the same.
  func makeMutex() -> MutexHandle
  /// Takes it, waiting if another task has it.
  func lock(_ mutex: MutexHandle)
  /// Gives it back; the task has it.
  func unlock(_ mutex: MutexHandle)

  /// A number of tasks to wait for, 0 at first.
  func makeWaitGroup() -> WaitGroupHandle
  /// Adds to the number of tasks to wait for, which below zero is a programming error.
  func add(_ count: Int, to group: WaitGroupHandle)
  /// One task of the group is done.
  func done(_ group: WaitGroupHandle)
  /// Waits until as many are done as were added.
  func wait(for group: WaitGroupHandle)

  /// Takes over a socket that listens, to accept connections; it is closed with the listener.
  func listen(on descriptor: Int32) throws(IOError) -> ListenerHandle
  /// The next connection; waits for one. It is used by one task at a time, and is its to close.
  func accept(on listener: ListenerHandle) throws(IOError) -> ConnectionHandle
  /// Closes the listener: `accept` throws `IOError.closed`. Its connections see the end of the stream once they have read what has
  /// come; with `atOnce` all their calls fail.
  func shutDown(_ listener: ListenerHandle, atOnce: Bool)
  /// Until another deadline is set, reads return or throw `IOError.deadlineExceeded` within a length of virtual time. What has
  /// come by then can still be read: nobody is late because the program stood still.
  func setReadDeadline(after duration: Duration, on connection: ConnectionHandle)
  /// Reads what is there; waits if there is nothing yet. - Returns: the number of bytes; 0 at the end of the stream.
  func read(from connection: ConnectionHandle, into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int
  /// Writes all bytes within a length of virtual time; as above, nobody is late who has made room.
  func write(
    _ bytes: UnsafeRawBufferPointer, to connection: ConnectionHandle, within duration: Duration
  ) throws(IOError)
  /// Ends the writing direction of a connection: the other side sees the end of the stream.
  func shutdownWriting(on connection: ConnectionHandle)
  /// Closes a connection, which is not used again.
  func close(_ connection: ConnectionHandle)

  /// Waits until the user wants the run to end: for tasks that serve others. Throws what the kernel refuses where waiting needs a file.
  func waitUntilAskedToEnd() throws(IOError)
}

/// The name of a counter of a `TaskSystem`.
public struct Counter: BitwiseCopyable, Sendable, Hashable {
  @usableFromInline let index: Int
  @inlinable public init(index: Int) { self.index = index }
}

/// The name of a cell of a `TaskSystem`.
public struct Cell: BitwiseCopyable, Sendable, Hashable {
  @usableFromInline let index: Int
  @inlinable public init(index: Int) { self.index = index }
}

/// The name of a channel of a `TaskSystem`.
public struct ChannelHandle: BitwiseCopyable, Sendable, Hashable {
  @usableFromInline let index: Int
  @inlinable public init(index: Int) { self.index = index }
}

/// The name of a mutex of a `TaskSystem`.
public struct MutexHandle: BitwiseCopyable, Sendable, Hashable {
  @usableFromInline let index: Int
  @inlinable public init(index: Int) { self.index = index }
}

/// The name of a wait group of a `TaskSystem`.
public struct WaitGroupHandle: BitwiseCopyable, Sendable, Hashable {
  @usableFromInline let index: Int
  @inlinable public init(index: Int) { self.index = index }
}

/// The name of a listener of a `TaskSystem`.
public struct ListenerHandle: BitwiseCopyable, Sendable, Hashable {
  @usableFromInline let index: Int
  @inlinable public init(index: Int) { self.index = index }
}

/// The name of a connection of a `TaskSystem`.
public struct ConnectionHandle: BitwiseCopyable, Sendable, Hashable {
  @usableFromInline let index: Int
  @inlinable public init(index: Int) { self.index = index }
}
