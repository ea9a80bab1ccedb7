import Glibc

/// What was built with the tests.
package enum Products {
  package struct Missing: Error {}

  /// The folder of the built programs: beside the test bundle, which is this process or was loaded by it.
  package static var folder: String {
    get throws {
      var candidates = CommandLine.arguments
      if let link = realpath("/proc/self/exe", nil) {
        candidates.append(String(cString: link))
        free(link)
      }
      for candidate in candidates {
        guard let slash = candidate.lastIndex(of: "/"), let folder = realpath(String(candidate[..<slash]), nil) else {
          continue
        }
        defer { free(folder) }
        let path = String(cString: folder)
        if access(path + "/magpie", X_OK) == 0 { return path }
      }
      throw Missing()
    }
  }

  /// The built command.
  package static var magpie: String { get throws { try folder + "/magpie" } }
}
