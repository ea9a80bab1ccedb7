import Glibc
import Testing

@testable import Magpie

/// A TCP connection's two ends.
private func connectedPair() -> (client: TCPConnection, server: TCPConnection)? {
  expectNoError { () throws(IOError) in
    let listener = try TCPListener()
    defer { listener.close() }
    let client = try TCPConnection.connect(port: listener.port)
    return (client, try listener.accept())
  }
}

extension RuntimeTests {
  @Suite("Connections")
  struct ConnectionTests {
    @Test("Many connections, each gets its own words back", arguments: [1, 2, 8])
    func echo(processors: Int) throws {
      let right = Word(), served = Word()
      let messages = rounds(100)
      try run(processors: processors) {
        guard let listener = expectNoError({ () throws(IOError) in try TCPListener() }) else { return }
        spawn {
          while let connection = try? listener.accept() {
            spawn {
              while let bytes = try? connection.read(atMost: 100), !bytes.isEmpty {
                expectNoError { () throws(IOError) in try connection.write(bytes) }
              }
              connection.close()
              served.add()
            }
          }
        }
        let group = WaitGroup()
        for client in 0..<24 {
          group.add()
          spawn {
            expectNoError { () throws(IOError) in
              let connection = try TCPConnection.connect(port: listener.port)
              defer { connection.close() }
              for message in 0..<messages {
                let text = Array("client \(client), message \(message)".utf8)
                try connection.write(text)
                var bytes: [UInt8] = []
                while bytes.count < text.count { bytes += try connection.read(atMost: text.count) }
                if bytes == text { right.add() }
              }
            }
            group.done()
          }
        }
        group.wait()
        listener.close()
      }
      #expect(right.value == 24 * messages)
      #expect(served.value == 24)
    }

    @Test("A deadline ends a wait, and later calls, until it is lifted", arguments: [1, 2, 8])
    func deadline(processors: Int) throws {
      try run(processors: processors) {
        guard let (client, server) = connectedPair() else { return }
        expectNoError { () throws(IOError) in try server.setReadDeadline(after: .milliseconds(3)) }
        let late = IOError.deadlineExceeded(operation: "read")
        #expect(error { () throws(IOError) in try server.read(atMost: 1) } == late)
        #expect(error { () throws(IOError) in try server.read(atMost: 1) } == late)
        expectNoError { () throws(IOError) in
          try client.write("a")
          try server.setReadDeadline(after: nil)
          #expect(try server.read(atMost: 10) == [97])
        }
        // A new deadline holds for who waits already; a far one that is not needed is taken back.
        let ended = Channel<Void>()
        expectNoError { () throws(IOError) in try server.setReadDeadline(after: .seconds(3_600)) }
        spawn {
          #expect(error { () throws(IOError) in try server.read(atMost: 1) } == late)
          ended.send(())
        }
        sleep(for: .milliseconds(1))
        expectNoError { () throws(IOError) in try server.setReadDeadline(after: .milliseconds(1)) }
        _ = ended.receive()
        expectNoError { () throws(IOError) in
          try server.setReadDeadline(after: .seconds(3_600))
          for _ in 0..<20 {
            spawn { expectNoError { () throws(IOError) in try client.write("b") } }
            #expect(try server.read(atMost: 10) == [98])
          }
        }
        let scheduler = currentMachine("test").scheduler
        for index in 0..<processors {
          #expect(scheduler.processor(index).pointee.nextTimer.load(ordering: .acquiring) == .max)
        }
        client.close()
        server.close()
      }
    }

    @Test("Closing wakes who waits, on both sides, and those in line", arguments: [1, 2, 8])
    func close(processors: Int) throws {
      try run(processors: processors) {
        for _ in 0..<rounds(40) {
          guard let (client, server) = connectedPair() else { return }
          guard let listener = expectNoError({ () throws(IOError) in try TCPListener() }) else { return }
          let group = WaitGroup()
          func expectClosed(_ operation: String, _ body: @escaping @Sendable () throws(IOError) -> Void) {
            group.add()
            spawn {
              #expect(error(of: body) == .closed(operation: operation))
              group.done()
            }
          }
          for _ in 0..<2 {
            expectClosed("read") { () throws(IOError) in _ = try server.read(atMost: 1) }
            expectClosed("accept") { () throws(IOError) in _ = try listener.accept() }
          }
          // More than the kernel has room for.
          expectClosed("write") { () throws(IOError) in
            while true { try server.write([UInt8](repeating: 0, count: 1 << 20)) }
          }
          yield()
          server.close()
          server.close()
          listener.close()
          group.wait()
          #expect(error { () throws(IOError) in try server.write("x") } == .closed(operation: "write"))
          client.close()
        }
      }
    }

    @Test("One direction ends, the other goes on", arguments: [1, 2])
    func halfClose(processors: Int) throws {
      try run(processors: processors) {
        guard let (client, server) = connectedPair() else { return }
        spawn {
          expectNoError { () throws(IOError) in
            var all: [UInt8] = []
            while true {
              let part = try server.read(atMost: 3)
              if part.isEmpty { break }
              all += part
            }
            try server.write(all.reversed())
            server.close()
          }
        }
        expectNoError { () throws(IOError) in
          try client.write("backwards")
          try client.shutdownWriting()
          var buffer = [UInt8](repeating: 0, count: 20)
          let count = try buffer.withUnsafeMutableBufferPointer { (buffer) throws(IOError) in
            try client.readAll(into: UnsafeMutableRawBufferPointer(buffer))
          }
          #expect(String(decoding: buffer.prefix(count), as: UTF8.self) == "sdrawkcab")
          #expect(error { () throws(IOError) in try client.write("more") }?.operation == "write")
          client.close()
        }
      }
    }

    @Test("What a short read leaves is read next, though the poller told of it before: an end, urgent data")
    func hidden() throws {
      // One processor, so that what the poller told first was made use of first.
      try run(processors: 1) {
        for isUrgent in [false, true] {
          guard let (client, server) = connectedPair() else { return }
          expectNoError { () throws(IOError) in
            try server.setReadDeadline(after: .seconds(10))
            try client.write("ab")
            if isUrgent {
              #expect(send(client.file.descriptor, "!", 1, CInt(MSG_OOB)) == 1)
              try client.write("cd")
            } else {
              try client.shutdownWriting()
            }
            // All of that comes before the pipe, and so the poller has told of it when the pipe can be read.
            let pipe = try makePipe()
            spawn { expectNoError { () throws(IOError) in try pipe.writer.write("x") } }
            #expect(try pipe.reader.read(atMost: 1).count == 1)
            #expect(try server.read(atMost: 64) == Array("ab".utf8))
            #expect(try server.read(atMost: 64) == Array((isUrgent ? "cd" : "").utf8))
            pipe.reader.close()
            pipe.writer.close()
          }
          client.close()
          server.close()
        }
      }
    }

    @Test("Who waits for bytes gets the end when reading ends, and can still write", arguments: [1, 2, 8])
    func endOfReading(processors: Int) throws {
      try run(processors: processors) {
        for _ in 0..<rounds(40) {
          guard let (client, server) = connectedPair() else { return }
          let ended = Channel<Void>()
          spawn {
            expectNoError { () throws(IOError) in
              #expect(try server.read(atMost: 1) == [])
              try server.write("bye")
            }
            server.close()
            ended.send(())
          }
          yield()
          expectNoError { () throws(IOError) in
            try server.shutdownReading()
            #expect(try client.read(atMost: 10) == Array("bye".utf8))
          }
          _ = ended.receive()
          client.close()
          do throws(IOError) {
            try server.shutdownReading()
            Issue.record("the connection is closed")
          } catch {
            #expect(error == .closed(operation: "shutdown"))
          }
        }
      }
    }

    @Test("Many fibers accept on one listener, each connection is given once", arguments: [1, 2, 8])
    func acceptors(processors: Int) throws {
      let accepted = Word(), ended = Word()
      try run(processors: processors) {
        guard let listener = expectNoError({ () throws(IOError) in try TCPListener() }) else { return }
        for _ in 0..<16 {
          spawn {
            while let connection = try? listener.accept() {
              accepted.add()
              connection.close()
            }
            ended.add()
          }
        }
        for _ in 0..<50 {
          expectNoError { () throws(IOError) in
            let connection = try TCPConnection.connect(port: listener.port)
            #expect(try connection.read(atMost: 1) == [])
            connection.close()
          }
        }
        listener.close()
      }
      #expect(accepted.value == 50)
      #expect(ended.value == 16)
    }

    @Test("Large writes of several fibers do not mix", arguments: [1, 2, 8])
    func largeWrites(processors: Int) throws {
      let size = 1 << 20
      try run(processors: processors) {
        guard let (client, server) = connectedPair() else { return }
        let group = WaitGroup()
        for writer in 1...3 as ClosedRange<UInt8> {
          group.add()
          spawn {
            expectNoError { () throws(IOError) in try client.write([UInt8](repeating: writer, count: size)) }
            group.done()
          }
        }
        spawn {
          group.wait()
          client.close()
        }
        var runs: [(UInt8, Int)] = []
        while let bytes = try? server.read(atMost: 100_000), !bytes.isEmpty {
          for byte in bytes {
            if runs.last?.0 == byte { runs[runs.count - 1].1 += 1 } else { runs.append((byte, 1)) }
          }
        }
        #expect(runs.map(\.0).sorted() == [1, 2, 3])
        #expect(runs.allSatisfy { $0.1 == size })
        server.close()
      }
    }

    @Test("Errors have the operation's name and the kernel's number")
    func errors() throws {
      try run(processors: 2) {
        guard let listener = expectNoError({ () throws(IOError) in try TCPListener() }) else { return }
        let port = listener.port
        #expect(
          error { () throws(IOError) in try TCPListener(port: port) }
            == .failed(operation: "listen", errno: EADDRINUSE))
        listener.close()
        let refused = error { () throws(IOError) in try TCPConnection.connect(port: port) }
        #expect(refused == .failed(operation: "connect", errno: ECONNREFUSED))
        #expect(refused?.description == "connect: Connection refused (errno 111)")
        #expect(
          error { () throws(IOError) in try TCPListener(host: "300.1.2.3.4") }?.operation == "listen")
        expectNoError { () throws(IOError) in
          let (reader, writer) = try makePipe()
          reader.close()
          #expect(
            error { () throws(IOError) in try writer.write("x") } == .failed(operation: "write", errno: EPIPE))
          writer.close()
        }
        let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        #expect(
          error { () throws(IOError) in try waitReadable(file) } == .failed(operation: "waitReadable", errno: EPERM))
        #expect(
          error { () throws(IOError) in try waitReadable(-1) } == .failed(operation: "waitReadable", errno: EBADF))
        Glibc.close(file)
      }
    }

    @Test("Unix-domain sockets, pipes, and any descriptor", arguments: [1, 2])
    func others(processors: Int) throws {
      let path = "/tmp/magpie-test-\(getpid())-\(processors)"
      defer { unlink(path) }
      try run(processors: processors) {
        expectNoError { () throws(IOError) in
          let listener = try UnixListener(path: path)
          let client = try UnixConnection.connect(to: path)
          let server = try listener.accept()
          spawn { expectNoError { () throws(IOError) in try client.write("hello") } }
          #expect(try server.read(atMost: 10) == Array("hello".utf8))
          client.close()
          #expect(try server.read(atMost: 10) == [])
          server.close()
          listener.close()

          let (reader, writer) = try makePipe()
          #expect(
            error { () throws(IOError) in try waitReadable(reader.file.descriptor, timeout: .milliseconds(1)) }
              == .deadlineExceeded(operation: "waitReadable"))
          try waitWritable(writer.file.descriptor)
          let group = WaitGroup()
          for _ in 0..<3 {
            group.add()
            spawn {
              expectNoError { () throws(IOError) in try waitReadable(reader.file.descriptor) }
              group.done()
            }
          }
          yield()
          try writer.write("x")
          group.wait()
          #expect(try reader.read(atMost: 10) == [120])
          writer.close()
          #expect(try reader.read(atMost: 10) == [])
          reader.close()
        }
      }
    }
  }
}
