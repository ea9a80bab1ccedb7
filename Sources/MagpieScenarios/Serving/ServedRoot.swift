import CKernel
import Glibc
import MagpieTrace

/// The directory that is served, and nothing outside it: no name, no `..` and no symbolic link leads out.
///
/// The kernel sees to that (`openat2`, `RESOLVE_BENEATH`), in the one call that opens: a comparison of paths before it would hold
/// only until somebody moves a directory. Where the kernel cannot, symbolic links are not followed at all.
final class ServedRoot: Sendable {
  /// What a path names.
  enum Found {
    case file(SystemCall.OpenFile)
    case directory
    case refusal(Refusal)
  }

  private static let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
  /// Names in a listing.
  private static let longestListing = 10_000
  private let descriptor: CInt

  init(_ path: [UInt8]) throws(ScenarioError) {
    let descriptor = SystemCall.openAt(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotServe(printable(path), SystemError(number: -descriptor))
    }
    self.descriptor = descriptor
  }

  deinit { SystemCall.close(descriptor) }

  /// Opens a file. Blocks.
  @inline(never)
  func open(_ path: [UInt8]) -> Found {
    let file = descriptorBelow(path, ServedRoot.flags)
    guard file >= 0 else { return .refusal(ServedRoot.refusal(of: -file)) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      SystemCall.close(file)
      return .refusal(Refusal(.notFound))
    }
    switch SystemCall.FileKind(mode: status.st_mode) {
    case .regular:
      return .file(
        SystemCall.OpenFile(
          descriptor: file, kind: .regular, size: Int(status.st_size), modified: Int(status.st_mtim.tv_sec)))
    case .directory:
      SystemCall.close(file)
      return .directory
    case .link, .device:
      SystemCall.close(file)
      return .refusal(Refusal(.forbidden))
    }
  }

  /// The names in a directory in their order, those of directories with a `/`; no more than fit a page. Blocks.
  func names(in path: [UInt8]) -> Result<[[UInt8]], Refusal> {
    let file = descriptorBelow(path, ServedRoot.flags | O_DIRECTORY)
    guard file >= 0 else { return .failure(ServedRoot.refusal(of: -file)) }
    let directory: Directory
    do throws(SystemError) { directory = try Directory(descriptor: file) } catch {
      return .failure(ServedRoot.refusal(of: error.number))
    }
    var entries: [Directory.Entry] = []
    while entries.count < ServedRoot.longestListing, case .success(true) = directory.read(into: &entries) {}
    let names = entries.prefix(ServedRoot.longestListing).map { $0.name + ($0.kind == .directory ? [Byte.slash] : []) }
    return .success(names.sorted { $0.lexicographicallyPrecedes($1) })
  }

  private func descriptorBelow(_ path: [UInt8], _ flags: CInt) -> CInt {
    let found = path.withUnsafeBufferPointer { path in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: path.count + 1) { text in
        for (index, byte) in path.enumerated() { text[index] = CChar(bitPattern: byte) }
        text[path.count] = 0
        return ck_open_beneath(descriptor, text.baseAddress!, flags)
      }
    }
    // Unknown, or forbidden to this process by a filter that does not know it.
    return found == -ENOSYS || found == -EPERM ? SystemCall.openWithoutLinks(path, below: descriptor, flags) : found
  }

  static func refusal(of number: CInt) -> Refusal {
    switch number {
    case EACCES, EPERM: Refusal(.forbidden)
    case EMFILE, ENFILE, ENOMEM, EAGAIN: Refusal(.unavailable)
    default: Refusal(.notFound)
    }
  }
}
