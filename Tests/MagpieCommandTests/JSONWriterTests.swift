import Foundation
import MagpieSession
import Testing

struct JSONWriterTests {
  @Test func keysKeepTheirOrder() {
    var json = JSONWriter()
    json.object {
      $0.field("b", 1)
      $0.field("a", true)
      $0.key("list")
      $0.array([1, 2]) { $0.value($1) }
      $0.key("none")
      $0.array([Int]()) { $0.value($1) }
      $0.key("empty")
      $0.object { _ in }
      $0.key("objects")
      $0.array(["x", "y"]) { json, name in json.object { $0.field(name, 0.5) } }
      $0.field("null", nil as String?)
      $0.field("infinite", Double.infinity)
    }
    #expect(
      json.text
        == #"{"b":1,"a":true,"list":[1,2],"none":[],"empty":{},"objects":[{"x":0.5},{"y":0.5}],"null":null,"infinite":null}"#
    )
  }

  /// Any string at all must come out as valid JSON on one line that reads back as the same string.
  @Test func everyScalarSurvives() throws {
    for value in stride(from: 0, through: 0x2FF, by: 1) { try expectRoundTrip(String(Unicode.Scalar(UInt32(value))!)) }
    for text in ["\u{2028}\u{2029}", "🐦‍⬛", "\u{10FFFF}", "e\u{301}", "\"\\/\u{0}\r\n", "\u{FEFF}x", "\u{FFFD}", "\r\n"] {
      try expectRoundTrip(text)
    }
  }

  private func expectRoundTrip(_ text: String) throws {
    var json = JSONWriter()
    json.array([text]) { $0.value($1) }
    #expect(!json.text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(json.text)")
    let read = try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String]
    #expect(read.map { $0.map { Array($0.unicodeScalars) } } == [Array(text.unicodeScalars)], "\(json.text)")
  }
}
