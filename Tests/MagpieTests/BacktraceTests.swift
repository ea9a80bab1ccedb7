import CKernel
import Glibc
import Testing

@testable import Magpie

extension RuntimeTests {
  /// What walks a stack, as a debugger or an exception does, finds the end of a fiber's.
  @Suite("Walking a fiber's stack")
  struct BacktraceTests {
    @Test("An unwinder walks from a fiber's innermost frame to its entry and stops there", arguments: [1, 4])
    func unwinding(processors: Int) throws {
      let walks = Log<[UInt]>()
      try run(processors: processors) {
        for depth in [1, 10, 100] { spawn { walks.note(walk(depth)) } }
        waitForAllOthers()
      }
      let entry = UInt(bitPattern: ck_first_frame())
      #expect(walks.entries.count == 3)
      for frames in walks.entries {
        #expect(frames.count > 4 && frames.count < 512)
        // The return address of the last frame: within the few instructions of the entry.
        #expect((entry...entry + 32).contains(frames.last!))
      }
      let depths = walks.entries.map(\.count).sorted()
      #expect(depths[1] - depths[0] >= 9 && depths[2] - depths[1] >= 90)
    }
  }
}

@inline(never)
private func walk(_ depth: Int) -> [UInt] {
  guard depth == 1 else {
    let frames = walk(depth - 1)
    // Not a tail call.
    return frames.count > 0 ? frames : []
  }
  // The C library's, which its Swift module leaves out.
  typealias Backtrace = @convention(c) (UnsafeMutablePointer<UnsafeMutableRawPointer?>, Int32) -> Int32
  let backtrace = unsafeBitCast(dlsym(nil, "backtrace"), to: Backtrace.self)
  var frames = [UnsafeMutableRawPointer?](repeating: nil, count: 512)
  let count = backtrace(&frames, 512)
  return frames.prefix(Int(count)).map { UInt(bitPattern: $0) }
}
