import Foundation
import MagpieModel
import MagpieTrace
import MagpieView
import Testing

@testable import MagpieCommand

/// Pictures of the screen as files. A folder of its own for each test.
@Suite struct PictureFilesTests {
  private let folder: String
  private let picture: Picture

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/magpie-pictures-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var app = App(themes: try Theme.embedded(), theme: try Theme.embedded()[0])
    _ = app.update(.key(.character("S")))
    _ = app.draw(History(processors: 2), width: 80, height: 24, now: 1)
    let taken = app.takePicture()
    picture = try #require(taken)
  }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? [] }

  private func contents(_ name: String) throws -> String {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }

  @Test func bothFilesAreWrittenAndNothingIsEverOverwritten() throws {
    #expect(PictureFiles.save(picture, in: folder) == .pictureSaved("magpie-0"))
    #expect(names == ["magpie-0.svg", "magpie-0.txt"])
    #expect(try contents("magpie-0.svg") == picture.svg && contents("magpie-0.txt") == picture.text)
    // One that is in the way of either file is left alone.
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/magpie-0-2.txt"))
    symlink("nowhere", folder + "/magpie-0-3.svg")
    #expect(PictureFiles.save(picture, in: folder) == .pictureSaved("magpie-0-4"))
    #expect(try contents("magpie-0-2.txt") == "mine")
    #expect(
      names == [
        "magpie-0-2.txt", "magpie-0-3.svg", "magpie-0-4.svg", "magpie-0-4.txt", "magpie-0.svg", "magpie-0.txt",
      ])
  }

  @Test func whereNothingCanBeWrittenItSaysWhy() throws {
    #expect(PictureFiles.save(picture, in: folder + "/none") == .pictureFailed(SystemError(number: ENOENT)))
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/file"))
    #expect(PictureFiles.save(picture, in: folder + "/file") == .pictureFailed(SystemError(number: ENOTDIR)))
    #expect(names == ["file"])
  }
}
