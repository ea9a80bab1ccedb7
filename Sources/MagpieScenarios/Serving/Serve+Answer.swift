import Magpie

/// What a request is answered with.
extension Serve {
  private static let index = Array("index.html".utf8)
  /// Bytes of a file that are read and sent at a time.
  private static let pieceSize = 128 << 10

  func answer<System: TaskSystem>(
    _ request: HTTPRequest, keeps: Bool, on connection: ConnectionHandle, _ system: System, _ shared: Shared
  ) throws(IOError) {
    var answer = HTTPAnswer(keeps: keeps)
    answer.saysThatItKeeps = request.mustHearOfKeeping
    answer.isHeadOnly = request.method == .head
    let path: RequestPath
    do throws(Refusal) {
      guard request.method != .other else { throw Refusal(.methodNotAllowed) }
      path = try RequestPath(target: request.target)
    } catch {
      return try refuse(error, answer, to: connection, on: system, shared)
    }
    switch find(path, on: system) {
    case .file(let file, let name):
      defer { SystemCall.close(file.descriptor) }
      try send(file, name, request, answer, to: connection, on: system, shared)
    case .page(let page):
      answer.add("Content-Type", ContentType.html)
      try send(page, answer, to: connection, on: system, shared)
    case .elsewhere(let target):
      answer.status = .movedPermanently
      answer.add("Location", String(decoding: target, as: UTF8.self))
      try send([], answer, to: connection, on: system, shared)
    case .refusal(let refusal):
      try refuse(refusal, answer, to: connection, on: system, shared)
    }
  }

  private enum Found {
    case file(SystemCall.OpenFile, name: [UInt8])
    case page([UInt8])
    case elsewhere([UInt8])
    case refusal(Refusal)
  }

  /// A directory is its `index.html`, or else a list of what is in it; its address ends in `/`, so that names in a page mean what
  /// is in it.
  private func find<System: TaskSystem>(_ path: RequestPath, on system: System) -> Found {
    switch system.blocking("open", { root.open(path.path) }) {
    case .refusal(let refusal): return .refusal(refusal)
    case .file(let file):
      guard path.isDirectory else { return .file(file, name: path.names.last ?? []) }
      SystemCall.close(file.descriptor)
      return .refusal(Refusal(.notFound))
    case .directory:
      guard path.isDirectory else { return .elsewhere(path.directoryTarget) }
      let index = path.path + [Byte.slash] + Serve.index
      if case .file(let file) = system.blocking("open", { root.open(index) }) { return .file(file, name: Serve.index) }
      return system.blocking("getdents") {
        switch root.names(in: path.path) {
        case .success(let names): .page(Listing.page(of: path.names, names))
        case .failure(let refusal): .refusal(refusal)
        }
      }
    }
  }

  func refuse<System: TaskSystem>(
    _ refusal: Refusal, _ answer: HTTPAnswer, to connection: ConnectionHandle, on system: System, _ shared: Shared
  ) throws(IOError) {
    var answer = answer
    answer.status = refusal.status
    if refusal.status == .methodNotAllowed { answer.add("Allow", "GET, HEAD") }
    if refusal.status == .unavailable { answer.add("Retry-After", "1") }
    answer.add("Content-Type", ContentType.plain)
    system.add(1, to: shared.refused)
    let text = "\(refusal.status.rawValue) \(refusal.status.reason)\n"
    try send(Array(text.utf8), answer, to: connection, on: system, shared)
  }

  /// Sends what is in memory.
  private func send<System: TaskSystem>(
    _ body: [UInt8], _ answer: HTTPAnswer, to connection: ConnectionHandle, on system: System, _ shared: Shared
  ) throws(IOError) {
    system.add(1, to: shared.requests)
    try write(answer.head(length: body.count) + (answer.isHeadOnly ? [] : body), to: connection, on: system)
  }

  /// Sends a file, or the part of it that was asked for.
  private func send<System: TaskSystem>(
    _ file: SystemCall.OpenFile, _ name: [UInt8], _ request: HTTPRequest, _ answer: HTTPAnswer,
    to connection: ConnectionHandle, on system: System, _ shared: Shared
  ) throws(IOError) {
    var answer = answer
    let modified = HTTPDate.text(file.modified)
    answer.add("Last-Modified", modified)
    answer.add("Accept-Ranges", "bytes")
    if let known = request.ifModifiedSince, known.elementsEqual(modified.utf8) {
      system.add(1, to: shared.requests)
      answer.status = .notModified
      return try write(answer.head(length: nil), to: connection, on: system)
    }
    // A part is wanted only of the file that the client knows.
    let isKnown = request.ifRange.map { $0.elementsEqual(modified.utf8) } ?? true
    var part = 0..<file.size
    switch ByteRange(request.method == .get && isKnown ? request.range : nil, size: file.size) {
    case .all: break
    case .unsatisfiable:
      answer.add("Content-Range", "bytes */\(file.size)")
      return try refuse(Refusal(.rangeNotSatisfiable), answer, to: connection, on: system, shared)
    case .part(let asked):
      part = asked
      answer.status = .partialContent
      answer.add("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.size)")
    }
    answer.add("Content-Type", ContentType.of(name))
    system.add(1, to: shared.requests)
    let head = answer.head(length: part.count)
    if answer.isHeadOnly || part.isEmpty { return try write(head, to: connection, on: system) }
    try send(part, of: file, after: head, to: connection, on: system, shared)
  }

  /// The head goes out together with the first piece.
  private func send<System: TaskSystem>(
    _ part: Range<Int>, of file: SystemCall.OpenFile, after head: [UInt8], to connection: ConnectionHandle,
    on system: System, _ shared: Shared
  ) throws(IOError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: head.count + min(part.count, Serve.pieceSize), alignment: 16)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: head)
    var begin = head.count
    var offset = part.lowerBound
    while offset < part.upperBound {
      let space = UnsafeMutableRawBufferPointer(
        rebasing: buffer[begin..<min(buffer.count, begin + part.upperBound - offset)])
      let position = offset
      let count = system.blocking("read") { SystemCall.read(file.descriptor, into: space, at: position) }
      // It has become shorter than was promised, or cannot be read: the client sees that by the end of the connection.
      guard count > 0 else { throw .failed(operation: "read", errno: Int32(-count)) }
      try system.write(
        UnsafeRawBufferPointer(rebasing: buffer[..<(begin + count)]), to: connection, within: reception.patience)
      system.add(count, to: shared.sent)
      offset += count
      begin = 0
      system.checkpoint()
    }
  }

  private func write<System: TaskSystem>(
    _ bytes: [UInt8], to connection: ConnectionHandle, on system: System
  ) throws(IOError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(IOError) in
      try system.write(UnsafeRawBufferPointer(bytes), to: connection, within: reception.patience)
    }
  }
}
