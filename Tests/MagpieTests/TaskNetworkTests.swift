import CKernel
import TestSupport
import Testing

@testable import Magpie

/// A plain socket that listens, and its port.
private func listeningSocket() -> (descriptor: Int32, port: UInt16) {
  var address = ck_address()
  #expect(ck_resolve("127.0.0.1", 0, true, &address) == 0)
  let descriptor = ck_socket(&address)
  #expect(ck_bind(descriptor, &address) == 0 && ck_listen(descriptor) == 0)
  return (descriptor, UInt16(ck_local_port(descriptor)))
}

extension MagpieTasks {
  fileprivate func read(_ connection: ConnectionHandle) throws(IOError) -> String {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
    defer { buffer.deallocate() }
    let count = try read(from: connection, into: buffer)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  fileprivate func write(_ bytes: [UInt8], to connection: ConnectionHandle, within: Duration) throws(IOError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(IOError) in
      try write(UnsafeRawBufferPointer(bytes), to: connection, within: within)
    }
  }
}

extension RuntimeTests {
  @Suite("The network of a task system")
  struct TaskNetworkTests {
    @Test("What has come by its deadline is read, what has not is late", arguments: [1, 2])
    func lateness(processors: Int) throws {
      try run(processors: processors) {
        let tasks = MagpieTasks()
        let (descriptor, port) = listeningSocket()
        expectNoError { () throws(IOError) in
          let listener = try tasks.listen(on: descriptor)
          let client = try TCPConnection.connect(port: port)
          let server = try tasks.accept(on: listener)
          tasks.setReadDeadline(after: .microseconds(1), on: server)
          try client.write("early")
          try waitReadable(tasks.network.connection(0).file.descriptor)
          sleep(for: .milliseconds(1))
          #expect(try tasks.read(server) == "early")
          let late = IOError.deadlineExceeded(operation: "read")
          #expect(error { () throws(IOError) in try tasks.read(server) } == late)
          // There is room: no deadline is too short for that.
          try tasks.write(Array("room".utf8), to: server, within: .zero)
          #expect(try client.read(atMost: 10) == Array("room".utf8))
          let large = [UInt8](repeating: 1, count: 32 << 20)
          #expect(
            error { () throws(IOError) in try tasks.write(large, to: server, within: .milliseconds(5)) }
              == .deadlineExceeded(operation: "write"))
          client.close()
          tasks.close(server)
          tasks.shutDown(listener, atOnce: false)
        }
      }
    }

    @Test("A listener that is shut down sees its connections out, and one that slips in", arguments: [1, 2, 8])
    func shutDown(processors: Int) throws {
      let ended = Word()
      try run(processors: processors) {
        for round in 0..<rounds(40) {
          let tasks = MagpieTasks()
          let (descriptor, port) = listeningSocket()
          expectNoError { () throws(IOError) in
            let listener = try tasks.listen(on: descriptor)
            let hasEnded = Channel<Void>()
            spawn {
              while let connection = try? tasks.accept(on: listener) {
                spawn {
                  tasks.setReadDeadline(after: .seconds(3600), on: connection)
                  while let text = try? tasks.read(connection), !text.isEmpty {}
                  tasks.close(connection)
                }
              }
              ended.add()
              hasEnded.send(())
            }
            let clients = [try TCPConnection.connect(port: port), try TCPConnection.connect(port: port)]
            for _ in 0..<round % 4 { yield() }
            tasks.shutDown(listener, atOnce: round % 2 == 0)
            // Those that were not accepted are reset.
            for client in clients {
              while let bytes = try? client.read(atMost: 1), !bytes.isEmpty {}
              client.close()
            }
            _ = hasEnded.receive()
            #expect(
              error { () throws(IOError) in try TCPConnection.connect(port: port) }?.operation == "connect")
          }
          #expect(error { () throws(IOError) in try tasks.listen(on: -1) }?.operation == "adopt")
        }
      }
      #expect(ended.value == rounds(40))
    }

    @Test("The wish that a run should end reaches who waits, before and after", arguments: [1, 2])
    func end(processors: Int) throws {
      let tasks = MagpieTasks()
      let ended = Word()
      let runtime = Runtime(Configuration(processors: processors))
      let asker = Job {
        // Once a fiber waits in the poller, or has gone by.
        while runtime.fibersLive < 2, !runtime.hasEnded {}
        tasks.askToEnd()
      }
      try run(runtime) {
        spawn {
          expectNoError { () throws(IOError) in try tasks.waitUntilAskedToEnd() }
          ended.add()
        }
        expectNoError { () throws(IOError) in try tasks.waitUntilAskedToEnd() }
        ended.add()
        // And again, at once.
        expectNoError { () throws(IOError) in try tasks.waitUntilAskedToEnd() }
      }
      asker.join()
      #expect(ended.value == 2 && tasks.isAskedToEnd)
    }
  }
}
