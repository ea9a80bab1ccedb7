import Glibc
import MagpieTrace
import TestSupport
import Testing

@testable import MagpieScenarios

/// A directory with something inside and something outside, and links of all kinds between the two.
struct ServedTree {
  private let files = TemporaryFolder()
  private var parent: String { files.path }
  var root: String { parent + "/root" }

  init() {
    for folder in ["root", "root/folder", "root/site", "outside"] { mkdir("\(parent)/\(folder)", 0o755) }
    write("secret", "outside/secret")
    write("plain", "root/plain.txt")
    write("page", "root/site/index.html")
    write("", "root/empty")
    write("x", "root/folder/<b>&\"'\u{E9}\n.txt")
    write("inside", "root/folder/a file")
    for (target, link) in [
      ("../outside/secret", "out"), ("\(parent)/outside/secret", "absolute"), ("../outside", "outfolder"),
      ("plain.txt", "in"), ("folder", "infolder"), ("/proc/self/root/etc/passwd", "magic"), ("loop", "loop"),
      ("folder/../../outside/secret", "winding"),
    ] { symlink(target, "\(root)/\(link)") }
    mkfifo("\(root)/fifo", 0o600)
  }

  func write(_ text: String, _ name: String) { files.write(text.utf8, to: name) }
}

@Suite("The directory that is served")
struct ServedRootTests {
  private func describe(_ found: ServedRoot.Found) -> String {
    switch found {
    case .file(let file):
      SystemCall.close(file.descriptor)
      return "file of \(file.size)"
    case .directory: return "directory"
    case .refusal(let refusal): return "\(refusal.status.rawValue)"
    }
  }

  @Test("Files inside are found; no name, step or link leads out")
  func resolution() throws {
    let tree = ServedTree()
    let root = try ServedRoot(Array(tree.root.utf8))
    let expected = [
      "plain.txt": "file of 5", ".": "directory", "folder": "directory", "in": "file of 5", "infolder": "directory",
      "infolder/a file": "file of 6", "no": "404", "plain.txt/x": "404", "out": "404", "absolute": "404",
      "outfolder": "404", "outfolder/secret": "404", "magic": "404", "loop": "404", "winding": "404", "fifo": "403",
      "../outside/secret": "404", "folder/../../outside/secret": "404", "/etc/passwd": "404", "..": "404", "": "404",
      String(repeating: "a", count: 5000): "404",
    ]
    for (path, found) in expected { #expect(describe(root.open(Array(path.utf8))) == found, "\(path)") }
  }

  @Test("Where the kernel cannot keep links inside, none is followed")
  func withoutLinks() throws {
    let tree = ServedTree()
    let root = open(tree.root, O_RDONLY | O_DIRECTORY)
    defer { close(root) }
    func opens(_ path: String) -> Bool {
      let file = SystemCall.openWithoutLinks(Array(path.utf8), below: root, O_RDONLY | O_NONBLOCK)
      if file >= 0 { close(file) }
      return file >= 0
    }
    for path in ["plain.txt", "folder/a file", ".", "folder"] { #expect(opens(path), "\(path)") }
    for path in ["out", "absolute", "outfolder/secret", "in", "infolder/a file", "magic", "no", "", "plain.txt/x"] {
      #expect(!opens(path), "\(path)")
    }
  }

  @Test("A root that is none is refused in words")
  func roots() {
    #expect(throws: ScenarioError.cannotServe("/no/such", SystemError(number: ENOENT))) {
      try ServedRoot(Array("/no/such".utf8))
    }
    #expect(throws: ScenarioError.cannotServe("/etc/passwd", SystemError(number: ENOTDIR))) {
      try ServedRoot(Array("/etc/passwd".utf8))
    }
  }

  @Test("Names in a listing are data")
  func listing() throws {
    let tree = ServedTree()
    let names = try ServedRoot(Array(tree.root.utf8)).names(in: Array("folder".utf8)).get()
    let page = String(decoding: Listing.page(of: [Array("<folder>".utf8)], names), as: UTF8.self)
    #expect(page.contains("<a href=\"./%3Cb%3E%26%22%27%C3%A9%0A.txt\">&lt;b&gt;&amp;&quot;&#39;é?.txt</a>"))
    #expect(page.contains("<h1>/&lt;folder&gt;/</h1>") && page.contains("href=\"../\"") && !page.contains("<b>"))
    #expect(page.contains("<a href=\"./a%20file\">a file</a>"))
  }
}
